/**
 * Results that cannot be written, and results that nobody reads: each client with a real pipe.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { soon } from "../../support/journal.ts";
import { NEEDS_LINUX, NEEDS_POSIX } from "../../support/machine.ts";
import { exchange } from "../../support/peer.ts";
import { commandFor, runClient, startServer } from "../../support/process.ts";
import { scripts } from "../../support/project.ts";

const PROCESS = { timeout: 60_000, ignore: NEEDS_POSIX.ignore };
const FULL = { timeout: 60_000, ignore: NEEDS_LINUX.ignore };

/** Runs a program whose standard output is a disk without room. */
async function runOnFullDisk(
  task: string,
  args: readonly string[],
  stdin = "",
): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await runClient(task, args, { shell: "exec > /dev/full", stdin });
  return { code, stderr };
}

const FULL_DISK = {
  code: 1,
  stderr: "Cannot write standard output: no space left on the device\n",
};

for (const { name } of scripts()) {
  Deno.test(`${name} says that its help cannot be written${NEEDS_LINUX.reason}`, FULL, async () => {
    assertEquals(await runOnFullDisk(name, ["--help"]), FULL_DISK);
  });
}

const FAILING: readonly [server: string | undefined, client: string, args: string[]][] = [
  ["echo-server", "echo-client", []],
  ["echo-server", "echo-client", ["--count", "2"]],
  ["greeting-server", "greeting-client", []],
  ["message-server", "message-client", ["hi"]],
  ["udp-echo-server", "udp-echo-client", []],
  ["udp-echo-server", "udp-echo-client", ["--count", "2", "--interval", "0.01"]],
  ["chat-server", "chat-client", ["--json"]],
  [undefined, "port-check", ["127.0.0.1", "1"]],
  [undefined, "echo-server", ["--port", "0"]],
  [undefined, "udp-echo-server", ["--port", "0"]],
];

for (const [task, client, args] of FAILING) {
  const name = [client, ...args].join(" ");
  Deno.test(`${name}: a full disk is said in one line${NEEDS_LINUX.reason}`, FULL, async () => {
    await using server = task === undefined ? undefined : await startServer(task);
    const where = server === undefined ? [] : ["--port", String(server.port)];
    assertEquals(await runOnFullDisk(client, [...args, ...where]), FULL_DISK);
  });
}

/** Types lines, each another one, until nobody reads them any more. */
async function typeOn(input: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  try {
    for (let number = 2;; number++) await input.write(encodeUtf8(`line ${number}\n`));
  } catch {
    // The client has ended.
  }
}

/** Runs a client until its first result, closes the pipe, types on, and tells how it ended. */
async function readOnce(
  task: string,
  args: readonly string[],
  types: boolean,
): Promise<{ code: number; stderr: string }> {
  const child = commandFor(task, args, {}).spawn();
  const [input, output] = [child.stdin.getWriter(), child.stdout.getReader()];
  const stderr = new Response(child.stderr).text();
  let typing: Promise<void> | undefined;
  try {
    if (types) await input.write(encodeUtf8("line 1\n"));
    await soon(output.read(), `the first result of ${task}`);
    await output.cancel();
    // A program that is just being started elsewhere holds our end for a moment, and one line may be lost.
    if (types) typing = typeOn(input);
    const { code } = await soon(child.status, `the end of ${task}`);
    return { code, stderr: await stderr };
  } catch (error) {
    child.kill("SIGKILL");
    await child.status;
    throw error;
  } finally {
    input.abort().catch(() => {});
    await typing;
    await stderr;
  }
}

const UNREAD: readonly [server: string | undefined, client: string, args: string[]][] = [
  ["echo-server", "echo-client", ["--interactive"]],
  ["echo-server", "echo-client", ["-"]],
  ["message-server", "message-client", []],
  ["udp-echo-server", "udp-echo-client", ["--interactive"]],
  ["udp-echo-server", "udp-echo-client", ["--interval", "0.05", "--json"]],
  [undefined, "port-check", ["127.0.0.1", "1-20000"]],
];

for (const [task, client, args] of UNREAD) {
  const name = [client, ...args].join(" ");
  const types = client === "message-client" || args.includes("-") || args.includes("--interactive");
  Deno.test(
    `${name} leaves quietly when nobody reads its results${NEEDS_POSIX.reason}`,
    PROCESS,
    async () => {
      await using server = task === undefined ? undefined : await startServer(task);
      const where = server === undefined ? [] : ["--port", String(server.port)];
      assertEquals(await readOnce(client, [...args, ...where], types), { code: 141, stderr: "" });
    },
  );
}

Deno.test(
  `a server goes on when nobody reads its lines${NEEDS_POSIX.reason}`,
  PROCESS,
  async () => {
    const child = commandFor("message-server", ["--port", "0", "--quiet"], {}).spawn();
    const stderr = new Response(child.stderr).text();
    let ended: Deno.CommandStatus | undefined;
    try {
      const output = child.stdout.getReader();
      const { value } = await soon(output.read(), "the announce line");
      const line = new TextDecoder().decode(value);
      assertMatch(line, /^Listening on 127\.0\.0\.1:\d+ \(tcp\)\n$/);
      await output.cancel();
      const answer = await exchange(Number(/:(\d+)/.exec(line)![1]), "one\ntwo\n");
      assertEquals(answer, "accepted\naccepted\n");
      child.kill("SIGTERM");
      ended = await soon(child.status, "the end of the server");
    } finally {
      if (ended === undefined) child.kill("SIGKILL");
      child.stdin.abort().catch(() => {});
      assertEquals([ended?.code, await stderr], [0, ""]);
    }
  },
);
