/**
 * The line and greeting programs against netcat and socat, which nobody here wrote.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { needsCommand, runCommand } from "../support/commands.ts";
import { Journal } from "../support/journal.ts";
import { runClient, startServer } from "../support/process.ts";

const NC = needsCommand("nc", ["-h"]);
const SOCAT = needsCommand("socat", ["-V"]);
const TIMEOUT = 60_000;

/** Port options that make each netcat finish sending at the end of its input: OpenBSD's needs `-N`. */
async function ncFlags(): Promise<string[]> {
  const { stdout, stderr } = await runCommand("nc", ["-h"]);
  return /OpenBSD/.test(stdout + stderr) ? ["-N"] : [];
}

Deno.test({
  name: `message-server answers nc, line by line${NC.reason}`,
  ignore: NC.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("message-server", ["--reply", "got {message}"]);
  const args = [...await ncFlags(), "127.0.0.1", String(server.port)];
  const { stdout } = await runCommand("nc", args, "Wake up, Neo\r\nno ending");
  assertEquals(stdout, "got Wake up, Neo\ngot no ending\n");
  const closed = await runCommand("nc", args, "one\nCLOSE\nlost\n");
  assertEquals(closed.stdout, "got one\nclosed\n");
});

Deno.test({
  name: `greeting-server greets nc, whether it has sent something or not${NC.reason}`,
  ignore: NC.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("greeting-server");
  const args = [...await ncFlags(), "127.0.0.1", String(server.port)];
  for (const input of ["", "hello\n", "x".repeat(100_000)]) {
    const { stdout } = await runCommand("nc", args, input);
    assertEquals(stdout, "Thank you for connecting\n", `${input.length} bytes sent`);
  }
});

Deno.test({
  name: `message-server answers socat${SOCAT.reason}`,
  ignore: SOCAT.ignore,
  timeout: TIMEOUT,
}, async () => {
  await using server = await startServer("message-server");
  const args = ["-t", "10", "-", `TCP:127.0.0.1:${server.port}`];
  const { stdout } = await runCommand("socat", args, "a\nb\nClose\n");
  assertEquals(stdout, "accepted\naccepted\nclosed\n");
});

Deno.test({
  name: `message-client and greeting-client talk to a shell behind socat${SOCAT.reason}`,
  ignore: SOCAT.ignore,
  timeout: TIMEOUT,
}, async () => {
  const script = 'while read line; do echo "heard $line"; done; true';
  await using lines = await socatServer(script);
  const talk = await runClient("message-client", ["--port", lines.port, "one", "two words"]);
  assertEquals([talk.code, talk.stdout], [0, "Received: heard one\nReceived: heard two words\n"]);

  await using greeter = await socatServer("echo Welcome; echo to the shell");
  const greeting = await runClient("greeting-client", ["--port", greeter.port]);
  assertEquals([greeting.code, greeting.stdout], [0, "Welcome\nto the shell\n"]);
});

/** socat on a free port, a shell script a connection. */
async function socatServer(script: string): Promise<AsyncDisposable & { port: string }> {
  const child = new Deno.Command("socat", {
    args: ["-d", "-d", "TCP-LISTEN:0,bind=127.0.0.1,fork", `SYSTEM:${script}`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new Journal<string>("the log of socat");
  const reading = (async (): Promise<void> => {
    let text = "";
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) log.add(line);
    }
    log.end();
  })();
  const line = await log.find((line) => line.includes("listening on"), "its port");
  return {
    port: /:(\d+)$/.exec(line)?.[1] ?? "",
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}
