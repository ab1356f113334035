import { assertEquals } from "@std/assert";
import { putFiles, verifyFiles } from "../../../lib/file/client_session.ts";
import { seenAs } from "../../support/odd_files.ts";
import { content, digest, EventLog, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const SIZE = 2_000_000;

/** Sends `big` and `next`, and does something to `big` once so many bytes of it have moved. */
async function disturb(
  at: "before" | number,
  act: (world: World, path: string) => void,
): Promise<{ outcomes: Record<string, string>; stored: string | undefined; staged: number }> {
  using world = new World();
  world.write("client/big", content(SIZE));
  world.write("client/next", "next");
  Deno.utimeSync(world.path("client/big"), 1000, 1000);
  const found = await world.find("big", "next");
  const log = new EventLog();
  let moved = 0;
  let done = false;
  const disturbOnce = (): void => {
    if (done) return;
    done = true;
    act(world, world.path("client/big"));
  };
  if (at === "before") disturbOnce();
  await world.session((channel) =>
    putFiles(channel, found, {
      ifExists: "refuse",
      onEvent: (event) => {
        log.onEvent(event);
        if (event.kind === "moved") moved += event.bytes;
        if (at !== "before" && moved > at) disturbOnce();
      },
    })
  );
  assertEquals(world.tree("server")["next"], digest("next"), "the other file is not harmed");
  const outcomes = log.outcomes();
  return { outcomes, stored: world.tree("server")["big"], staged: world.staged("server").length };
}

const CHANGED = {
  outcomes: { big: "source-changed", next: "published" },
  stored: undefined,
  staged: 0,
};

function append(path: string, bytes: number): void {
  Deno.writeFileSync(path, content(bytes), { append: true });
}

Deno.test(
  "attack 21: a source that grows, shrinks or is rewritten is not published",
  TIMEOUT,
  async () => {
    for (const at of ["before", 600_000] as const) {
      const acts: [string, (world: World, path: string) => void][] = [
        ["grows", (_, path) => append(path, 1000)],
        ["shrinks", (_, path) => Deno.truncateSync(path, 300_000)],
        ["becomes empty", (_, path) => Deno.truncateSync(path, 0)],
        ["is rewritten", (_, path) => Deno.writeFileSync(path, content(SIZE, 2))],
      ];
      for (const [name, act] of acts) {
        assertEquals(
          await disturb(at, act),
          CHANGED,
          `${name}, ${at}`,
        );
      }
    }
  },
);

Deno.test(
  "attack 21: a source that is gone or another before it is opened is not sent",
  TIMEOUT,
  async () => {
    assertEquals(await disturb("before", (_, path) => Deno.removeSync(path)), {
      ...CHANGED,
      outcomes: { big: "missing", next: "published" },
    });
    assertEquals(
      await disturb("before", (world, path) => {
        world.write("client/other", content(SIZE, 2));
        Deno.utimeSync(world.path("client/other"), 1000, 1000);
        Deno.renameSync(world.path("client/other"), path);
      }),
      CHANGED,
    );
  },
);

Deno.test(
  "attack 21: what happens to the name of an open source does not matter",
  TIMEOUT,
  async () => {
    const complete = {
      outcomes: { big: "published", next: "published" },
      stored: digest(content(SIZE)),
      staged: 0,
    };
    assertEquals(await disturb(600_000, (_, path) => Deno.removeSync(path)), complete);
    assertEquals(
      await disturb(600_000, (world, path) => {
        world.write("client/other", content(SIZE, 2));
        Deno.renameSync(world.path("client/other"), path);
      }),
      complete,
    );
  },
);

Deno.test(
  "attack 16: a file that has more to read than its size says is not sent as that much",
  TIMEOUT,
  async () => {
    // So do files under /proc: of no size, and full.
    for (const size of [0, 10]) {
      using world = new World(
        undefined,
        seenAs((path) => path.endsWith("/cpuinfo") ? { size } : {}),
      );
      world.write("client/cpuinfo", "processor: 0");
      world.write("client/next", "next");
      const found = await world.find("cpuinfo", "next");
      const expected = { cpuinfo: "source-changed", next: "published" };
      const put = new EventLog();
      await world.session((channel) => putFiles(channel, found, { ifExists: "refuse", ...put }));
      assertEquals(put.outcomes(), expected);
      assertEquals(world.tree("server"), { next: digest("next") });
      world.write("server/cpuinfo", "processor: 0".slice(0, size));
      const verify = new EventLog();
      await world.session((channel) => verifyFiles(channel, found, verify));
      assertEquals(verify.outcomes(), { ...expected, next: "unchanged" });
    }
  },
);
