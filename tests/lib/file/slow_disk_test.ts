import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import type { Channel } from "../../../lib/file/channel.ts";
import { putFiles, verifyFiles } from "../../../lib/file/client_session.ts";
import type { TransferEvent } from "../../../lib/file/events.ts";
import type { FileLayer, OpenFile } from "../../../lib/file/file_layer.ts";
import type { Summary } from "../../../lib/file/summary.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { content, EventLog, World } from "../../support/file_world.ts";
import { withCalls } from "../../support/odd_files.ts";

const TIMEOUT = { timeout: 30_000 } as const;
/** The longest silence of a side that works: it says something each second, and a call takes its time. */
const SILENCE_MS = 2_000;
const FILES = 40;
const names = Array.from({ length: FILES }, (_, number) => `${number}`.padStart(3, "0"));

/** Time that only a disk takes. */
class DiskTime implements Disposable {
  readonly #clock = new FakeClock();
  now = 0;

  constructor() {
    performance.now = () => this.now;
  }

  /** Lets everybody go on until there is nothing more to do at this moment. */
  async settle(): Promise<void> {
    await this.#clock.pass(0);
  }

  [Symbol.dispose](): void {
    this.#clock[Symbol.dispose]();
  }
}

/** A disk on which each read and each look takes so long. */
function slowDisk(clock: DiskTime, readMs: number, lookMs: number): FileLayer {
  return withCalls({
    lstatSync: (path) => {
      clock.now += lookMs;
      return Deno.lstatSync(path);
    },
    openSync: (path, options) => {
      const file: OpenFile = Deno.openSync(path, options);
      const { readSync } = Deno.FsFile.prototype;
      file.readSync = (into) => {
        clock.now += readMs;
        return readSync.call(file, into);
      };
      return file;
    },
  });
}

/** Runs a job and says how long one side was silent at most, as the server sees it, and how long all took. */
async function longestSilence(
  disks: (clock: DiskTime) => { server?: FileLayer; client?: FileLayer },
  { fill, sign, work }: {
    fill: (world: World) => void;
    sign: TransferEvent["kind"];
    work: (world: World) => Promise<(channel: Channel) => Promise<Summary>>;
  },
): Promise<{ longest: number; all: number }> {
  using clock = new DiskTime();
  const { server, client } = disks(clock);
  using world = new World(server, client);
  fill(world);
  let since = 0;
  let longest = 0;
  const onServerEvent = ({ kind }: TransferEvent): void => {
    if (kind === "request") since = clock.now;
    if (kind !== sign) return;
    longest = Math.max(longest, clock.now - since);
    since = clock.now;
  };
  const job = await work(world);
  let over = false;
  const running = world.session(job, { onServerEvent }).finally(() => over = true);
  while (!over) await clock.settle();
  assertEquals((await running).error, undefined);
  longest = Math.max(longest, clock.now - since);
  return { longest, all: clock.now };
}

function fillBoth(world: World): void {
  for (const name of names) {
    for (const side of ["client", "server"]) world.write(`${side}/${name}`, content(300_000));
  }
}

for (const side of ["server", "client"] as const) {
  Deno.test(`the ${side} says that it compares, however short each file is`, TIMEOUT, async () => {
    const disks = (clock: DiskTime) => ({ [side]: slowDisk(clock, 400, 0) });
    const { longest, all } = await longestSilence(disks, {
      fill: fillBoth,
      sign: side === "server" ? "busy" : "peer-busy",
      work: async (world) => {
        const found = await world.find(...names);
        return (channel) => verifyFiles(channel, found, new EventLog());
      },
    });
    assertGreaterOrEqual(all, FILES * 800);
    assertLessOrEqual(longest, SILENCE_MS);
  });
}

Deno.test("the server says that it looks, when nothing is to be compared", TIMEOUT, async () => {
  const disks = (clock: DiskTime) => ({ server: slowDisk(clock, 0, 150) });
  const { longest, all } = await longestSilence(disks, {
    fill: (world) => names.forEach((name) => world.write(`client/${name}`, "new")),
    sign: "busy",
    work: async (world) => {
      const found = await world.find(...names);
      return (channel) => putFiles(channel, found, { ifExists: "refuse", ...new EventLog() });
    },
  });
  assertGreaterOrEqual(all, FILES * 150);
  assertLessOrEqual(longest, SILENCE_MS);
});
