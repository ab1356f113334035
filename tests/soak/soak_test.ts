import { assertEquals, assertMatch } from "@std/assert";
import { NEEDS_LINUX } from "../support/machine.ts";
import { runToEnd, Server } from "../support/process.ts";
import type { Torture } from "./torture.ts";
import { torment } from "./victim.ts";

/** A server in shell, which does what servers must not. */
function badServer(misdeed: string): Promise<Server> {
  const script = `echo "Listening on 127.0.0.1:1 (tcp)"; ${misdeed}
    trap "exit 0" TERM; while :; do sleep 0.05; done`;
  const command = new Deno.Command("sh", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  return new Server("bad server", command).listening();
}

const IDLE = { name: "nothing", bout: () => Promise.resolve() };
const CASES: [what: string, torture: Partial<Torture>, failure: RegExp | undefined][] = [
  ["nothing at all", {}, undefined],
  [
    "an escape sequence in the log",
    { start: () => badServer("printf 'peer said \\033[31m\\n' >&2") },
    /^a log line is not escaped: "peer said \\u001b\[31m"$/,
  ],
  [
    "an exit code",
    { start: () => badServer('trap "exit 3" TERM; while :; do sleep 0.05; done') },
    /^it stopped with exit code 3$/,
  ],
  [
    "a wrong answer",
    { prove: () => Promise.reject(new Error("2 is not 3")) },
    /^before .*2 is not 3$/,
  ],
  [
    "a torment that finds something",
    { torments: [{ name: "look", bout: () => Promise.reject(new Error("a leak")) }] },
    /^look: a leak$/,
  ],
];

for (const [what, changes, failure] of CASES) {
  Deno.test({
    name: `the soak notices ${what}${NEEDS_LINUX.reason}`,
    ignore: NEEDS_LINUX.ignore,
    timeout: 30_000,
    fn: async () => {
      let proofs = 0;
      const stop = new AbortController();
      const torture: Torture = {
        name: "a server",
        start: () => badServer(":"),
        torments: [IDLE],
        prove: () => {
          if (++proofs === 3) stop.abort();
          return Promise.resolve();
        },
        ...changes,
      };
      const account = await torment(torture, 1, stop.signal);
      if (failure === undefined) assertEquals(account.failures, []);
      else assertMatch(account.failures[0] ?? "nothing", failure);
    },
  });
}

Deno.test("the soak knows whom to torture, and says so before it begins", {
  timeout: 30_000,
}, async () => {
  const flags = ["--no-prompt", "--allow-read=.test", "--allow-write=.test"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, "tests/soak/main.ts", "--only", "greeting-server,tpyo"],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stderr } = await runToEnd("soak", command);
  assertEquals(code, 2);
  assertMatch(
    stderr,
    /^Option --only got "tpyo": expected any of echo-server, .*, greeting-server,/,
  );
});
