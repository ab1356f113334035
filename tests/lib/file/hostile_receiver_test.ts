import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { ProtocolError } from "../../../lib/codec/errors.ts";
import { openSession, putFiles, verifyFiles } from "../../../lib/file/client_session.ts";
import { content, EventLog, World } from "../../support/file_world.ts";
import { hear, type Said, say, SERVER_HELLO } from "../../support/hostile_peer.ts";
import { memoryPipe } from "../../support/memory_pipe.ts";

const TIMEOUT = { timeout: 20_000 } as const;
const PLANNED = { kind: "planned" } as const;
const SHA = new Uint8Array(32);
const CHECK = { kind: "check", index: 0, partial: true, final: false, size: 10 } as const;
const DIGEST = { kind: "digest", index: 0, unreadable: false, sha256: SHA } as const;

const BREACHES: [attack: number, name: string, said: readonly Said[], problem: string][] = [
  [18, "a result before the plan", [{
    kind: "result",
    index: 0,
    outcome: "published",
    storedAs: "",
  }], '"result" where "refuse"'],
  [18, "a result for nothing", [PLANNED, {
    kind: "result",
    index: 7,
    outcome: "published",
    storedAs: "",
  }], "entry 7 of 2"],
  [18, "finished without results", [PLANNED, { kind: "finished" }], "owes 2 results"],
  [18, "a digest without a check", [{
    kind: "digest",
    index: 0,
    unreadable: false,
    sha256: SHA,
  }], '"digest" where "refuse"'],
  [18, "a check without a digest", [CHECK, PLANNED], '"planned" where "digest"'],
  [18, "the digest of another entry", [CHECK, {
    kind: "digest",
    index: 1,
    unreadable: false,
    sha256: SHA,
  }], "the digest of entry 1"],
  [18, "a refusal of nothing", [{
    kind: "refuse",
    index: 2,
    outcome: "quota",
    limit: 0,
  }], "entry 2 of 2"],
  [
    18,
    "a refusal of what it stored",
    [{ kind: "refuse", index: 0, outcome: "published", limit: 0 }],
    '"refuse" with the outcome "published"',
  ],
  [
    18,
    "that it left alone what was not to be",
    [{ kind: "refuse", index: 0, outcome: "skipped", limit: 0 }],
    '"refuse" with the outcome "skipped"',
  ],
  [27, "a second check of one file", [CHECK, DIGEST, CHECK, DIGEST], "plans entry 0 again"],
  [
    27,
    "a check of the file behind one of its beginning",
    [CHECK, DIGEST, { ...CHECK, partial: false, size: 1000 }],
    "plans entry 0 again",
  ],
  [
    27,
    "a check of a file that was passed",
    [{ ...CHECK, index: 1 }, { ...DIGEST, index: 1 }, CHECK, DIGEST],
    "plans entry 0 again",
  ],
  [18, "a refusal behind a check", [CHECK, DIGEST, {
    kind: "refuse",
    index: 0,
    outcome: "quota",
    limit: 0,
  }, PLANNED], "plans entry 0 again"],
  [18, "a second refusal", [
    { kind: "refuse", index: 0, outcome: "quota", limit: 0 },
    { kind: "refuse", index: 0, outcome: "quota", limit: 0 },
  ], "plans entry 0 again"],
  [
    19,
    "more partial content than there is",
    [{ ...CHECK, size: 1001 }],
    "1001 bytes of a file of 1000",
  ],
  [19, "partial content of nothing", [{ ...CHECK, size: 0 }], "0 bytes of a file of 1000"],
  [
    19,
    "a file of another size to compare",
    [{ ...CHECK, partial: false }],
    "10 bytes of a file of 1000",
  ],
  [18, "a manifest of its own", [{ kind: "manifest", items: 0, bytes: 0 }], '"manifest" where'],
];

Deno.test(
  "attacks 18, 19, 27: a receiver that breaks rules ends the conversation",
  TIMEOUT,
  async () => {
    for (const [attack, name, said, problem] of BREACHES) {
      using world = new World();
      world.write("client/a", content(1000));
      world.write("client/b", content(1000));
      const found = await world.find("a", "b");
      const [client, server] = memoryPipe();
      const hearing = hear(server);
      const sending = openSession(client, { onEvent: () => {} }).then((channel) =>
        putFiles(channel, found, { ifExists: "refuse", ...new EventLog() })
      ).then(() => undefined, (error) => error).finally(() => client[Symbol.dispose]());
      await say(server, SERVER_HELLO, ...said);
      const error = await sending;
      assertInstanceOf(error, ProtocolError, `attack ${attack}: ${name}`);
      assertStringIncludes(error.message, problem, `attack ${attack}: ${name}`);
      await hearing;
    }
  },
);

Deno.test(
  "attack 16: no digest makes the sender show more than that it differs",
  TIMEOUT,
  async () => {
    using world = new World();
    world.write("client/a", content(1000));
    const found = await world.find("a");
    const [client, server] = memoryPipe();
    const hearing = hear(server, (event) => event.kind === "done");
    const log = new EventLog();
    const sending = openSession(client, { onEvent: () => {} }).then((channel) =>
      putFiles(channel, found, { ifExists: "refuse", onEvent: log.onEvent })
    );
    await say(
      server,
      SERVER_HELLO,
      { ...CHECK, partial: false, final: true, size: 1000 },
      {
        kind: "digest",
        index: 0,
        unreadable: false,
        sha256: SHA,
      },
      PLANNED,
      { kind: "finished" },
    );
    await sending;
    const heard = (await hearing).map(({ kind }) => kind);
    assertEquals(heard, ["hello", "put", "manifest", "entry", "skip", "done"]);
    assertEquals(log.outcomes(), { a: "different" });
  },
);

Deno.test("attack 18: who was to compare only is sent nothing", TIMEOUT, async () => {
  const check = { ...CHECK, partial: false, size: 1000 } as const;
  const stored = { kind: "result", index: 0, outcome: "published", storedAs: "" } as const;
  const cases: readonly (readonly [name: string, said: readonly Said[]])[] = [
    ["a", [PLANNED]],
    ["a", [check, DIGEST, PLANNED]],
    ["d", [PLANNED, stored]],
  ];
  for (const [name, said] of cases) {
    using world = new World();
    world.write("client/a", content(1000));
    Deno.mkdirSync(world.path("client/d"));
    const found = await world.find(name);
    const [client, server] = memoryPipe();
    const hearing = hear(server);
    const comparing = openSession(client, { onEvent: () => {} }).then((channel) =>
      verifyFiles(channel, found, new EventLog())
    ).then(() => undefined, (error) => error).finally(() => client[Symbol.dispose]());
    await say(server, SERVER_HELLO, ...said);
    const error = await comparing;
    assertInstanceOf(error, ProtocolError);
    assertStringIncludes(error.message, "Cannot compare entry 0");
    const heard = (await hearing).map(({ kind }) => kind);
    assertEquals(heard.filter((kind) => kind !== "done" && kind !== "error"), [
      "hello",
      "put",
      "manifest",
      "entry",
    ]);
  }
});
