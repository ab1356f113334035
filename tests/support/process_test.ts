import { assertEquals, assertRejects } from "@std/assert";
import { NEEDS_POSIX } from "./machine.ts";
import { runClient, startClient, startServer } from "./process.ts";

const PROCESS = { timeout: 30_000 } as const;

Deno.test("startServer fails with what the server said instead", PROCESS, async () => {
  await assertRejects(
    () => startServer("echo-server", ["--port", "oops"]),
    Error,
    'Option --port got "oops"',
  );
});

Deno.test("runClient hands over standard input and brings back all output", PROCESS, async () => {
  const { code, signal, stdout, stderr, bytes } = await runClient("echo-client", ["--version"], {
    stdin: "nobody reads this".repeat(100_000),
  });
  assertEquals([code, signal, stderr], [0, null, ""]);
  assertEquals(new TextDecoder().decode(bytes), stdout);
});

Deno.test("tasks that are no plain script are refused", PROCESS, async () => {
  await assertRejects(() => runClient("no-such-task", []), Error, 'Cannot run task "no-such-task"');
});

Deno.test(
  `a program is killed at the end of the scope${NEEDS_POSIX.reason}`,
  { ...PROCESS, ignore: NEEDS_POSIX.ignore },
  async () => {
    let status;
    {
      await using server = await startServer("echo-server");
      status = server.status;
    }
    assertEquals((await status).signal, "SIGKILL");
    await using client = startClient("echo-client", ["--version"]);
    assertEquals((await client.end()).code, 0);
    // It is gone, and that is no failure.
    client.kill("SIGTERM");
  },
);
