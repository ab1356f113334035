import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Channel } from "../../../lib/file/channel.ts";
import { getFiles, listFiles } from "../../../lib/file/client_session.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { manifestMemory, ManifestShare } from "../../../lib/file/manifest_share.ts";
import { Quota } from "../../../lib/file/quota.ts";
import { TransferError } from "../../../lib/file/transfer_error.ts";
import { EventLog, World } from "../../support/file_world.ts";
import { CLIENT_HELLO, entry, hear, type Said, say } from "../../support/hostile_peer.ts";
import { memoryPipe } from "../../support/memory_pipe.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;
const TIMEOUT = { timeout: 20_000 } as const;
const limits = DEFAULT_LIMITS;

Deno.test("a share of the memory is given back at the end of its scope", PURE, () => {
  const memory = new Quota(10_000_000);
  {
    using first = new ManifestShare(memory);
    first.take(3_000, 100_000);
    assert(memory.used > 0);
    using second = new ManifestShare(memory);
    const error = assertThrows(() => second.take(3_000, 0), TransferError);
    assertEquals(error.outcome, "busy");
    // A small job needs none of it.
    using third = new ManifestShare(memory);
    third.take(500, 20_000);
  }
  assertEquals(memory.used, 0);
  using free = new ManifestShare(undefined);
  free.take(1e9, 1e12);
});

Deno.test("one job of the largest size fits into the memory, whatever that size is", PURE, () => {
  for (const jobFiles of [10, limits.jobFiles, 100 * limits.jobFiles]) {
    const memory = manifestMemory({ ...limits, jobFiles });
    using share = new ManifestShare(memory);
    share.take(jobFiles, limits.jobNames);
    assert(memory.limit >= limits.manifests);
  }
});

const COUNT = 1_000;
const BIG: readonly Said[] = [
  { kind: "put", ifExists: "refuse", verify: false },
  { kind: "manifest", items: COUNT, bytes: COUNT },
  ...Array.from({ length: COUNT }, (_, number) => entry(`file-${number}`)),
];

Deno.test(
  "attack 25: the manifests of all clients together have a cap, and small jobs go on",
  TIMEOUT,
  async () => {
    using world = new World();
    const memory = new Quota(COUNT * 1_500);
    const meet = async (
      enough: string,
      ...said: readonly Said[]
    ): Promise<() => Promise<string>> => {
      const [client, stream] = memoryPipe();
      const serving = world.serve(stream, { server: { memory } })
        .catch(() => {}).finally(() => stream[Symbol.dispose]());
      const hearing = hear(client, ({ kind }) => kind === enough || kind === "error");
      await say(client, CLIENT_HELLO, ...said);
      const last = (await hearing).at(-1);
      return async () => {
        client[Symbol.dispose]();
        await serving;
        return last?.kind === "error" ? last.outcome : last?.kind ?? "nothing";
      };
    };
    const first = await meet("planned", ...BIG);
    assert(memory.used > 0);
    // It hears that before it has sent its manifest.
    const second = await meet("planned", ...BIG.slice(0, 2));
    assertEquals(await second(), "busy");
    const small = await meet(
      "planned",
      BIG[0]!,
      { kind: "manifest", items: 1, bytes: 1 },
      entry("x"),
    );
    assertEquals(await small(), "planned");
    assertEquals(await first(), "planned");
    assertEquals(memory.used, 0);
    const third = await meet("planned", ...BIG);
    assertEquals(await third(), "planned");
    assertEquals(memory.used, 0);
  },
);

Deno.test("attack 25: what a server gives or lists counts as well", TIMEOUT, async () => {
  using world = new World();
  for (let number = 0; number < COUNT; number++) world.write(`server/d/${number}`, "");
  using destination = world.destination();
  const jobs: readonly ((channel: Channel) => Promise<unknown>)[] = [
    (channel) => getFiles(channel, ["d"], destination, { ...new EventLog(), limits }),
    (channel) => listFiles(channel, { path: "", recursive: true, limits }),
  ];
  for (const job of jobs) {
    const memory = new Quota(COUNT * 500);
    const { error } = await world.session(job, { server: { memory } });
    assert(error instanceof TransferError);
    assertEquals([error.outcome, error.fromPeer, memory.used], ["busy", true, 0]);
    const enough = new Quota(COUNT * 1_500);
    const again = await world.session(job, { server: { memory: enough } });
    assertEquals([again.error, enough.used], [undefined, 0]);
  }
});
