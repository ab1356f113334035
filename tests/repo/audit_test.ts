import { assert, assertEquals } from "@std/assert";
import { runClient, type Server, startServer } from "../support/process.ts";
import { scripts } from "../support/project.ts";

import { exchange } from "../support/peer.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { programRows } from "../support/readme.ts";

/** How to make each program do what it is for; `env` is for its process. */
const JOBS: Readonly<Record<string, (env: Record<string, string>) => Promise<void>>> = {
  "echo-server": (env) =>
    withServer("echo-server", env, async (server) => {
      await runClient("echo-client", ["--port", String(server.port)]);
    }),
  "echo-client": (env) =>
    withServer("echo-server", {}, async (server) => {
      const port = ["--port", String(server.port)];
      await runClient("echo-client", port, { env });
      await runClient("echo-client", ["-", ...port], { env, stdin: "stream" });
      await runClient("echo-client", ["--interactive", ...port], { env, stdin: "line\n" });
      await runClient("echo-client", ["--count", "10", ...port], { env });
      await runClient("echo-client", ["--host", "localhost", ...port], { env });
    }),
  "udp-echo-server": (env) =>
    withServer("udp-echo-server", env, async (server) => {
      await runClient("udp-echo-client", ["--port", String(server.port)]);
    }),
  "udp-echo-client": (env) =>
    withServer("udp-echo-server", {}, async (server) => {
      const port = ["--port", String(server.port)];
      await runClient("udp-echo-client", port, { env });
      await runClient("udp-echo-client", ["--interactive", ...port], { env, stdin: "line\n" });
      await runClient("udp-echo-client", ["--count", "10", "--interval", "0", ...port], { env });
      await runClient("udp-echo-client", ["--sweep", ...port], { env });
      await runClient("udp-echo-client", ["--host", "localhost", ...port], { env });
    }),
  "chat-server": (env) =>
    withServer("chat-server", env, async (server) => {
      await exchange(server.port, "NICK ann\r\nUSER ann 0 * :Ann\r\nQUIT\r\n");
    }),
  "message-server": (env) =>
    withServer("message-server", env, async (server) => {
      await runClient("message-client", ["--port", String(server.port), "hi", "close"]);
    }),
  "message-client": (env) =>
    withServer("message-server", {}, async (server) => {
      const port = ["--port", String(server.port)];
      await runClient("message-client", [...port, "hi", "close"], { env });
      await runClient("message-client", port, { env, stdin: "line\n" });
    }),
  "greeting-server": (env) =>
    withServer("greeting-server", env, async (server) => {
      await runClient("greeting-client", ["--port", String(server.port)]);
    }),
  "greeting-client": (env) =>
    withServer("greeting-server", {}, async (server) => {
      await runClient("greeting-client", ["--port", String(server.port)], { env });
    }),
  // What an echo server sends back is no answer in HTTP, and that is as good a reason to read it.
  "http-get": (env) =>
    withServer("echo-server", {}, async (server) => {
      await runClient("http-get", ["-v", `http://127.0.0.1:${server.port}/`], { env });
      await runClient("http-get", ["localhost", String(server.port), "/"], { env });
    }),
  "port-check": (env) =>
    withServer("echo-server", {}, async (server) => {
      await runClient("port-check", ["127.0.0.1", String(server.port), "1-9"], { env });
      await runClient("port-check", ["localhost", String(server.port)], { env });
    }),
};

for (const { name } of scripts()) {
  Deno.test(`${name} touches only what its README row shows`, { timeout: 30_000 }, async () => {
    using scratch = new ScratchDirectory();
    const record = scratch.absolute("audit.jsonl");
    const job = JOBS[name];
    assert(job !== undefined, `There is no job for ${name} in this test yet`);
    await job({ DENO_AUDIT_PERMISSIONS: record });
    const row = programRows().find(({ task }) => task === name);
    assert(row !== undefined, `README.md has no row for ${name}`);
    const touched = accesses(record);
    assert(touched.length > 0, "nothing was recorded");
    assertEquals(touched.filter((access) => !allows(row.permissions, access)), []);
  });
}

interface Access {
  readonly permission: string;
  readonly value: string | null;
}

function accesses(record: string): Access[] {
  return Deno.readTextFileSync(record).trim().split("\n").map((line) => {
    const { permission, value } = JSON.parse(line);
    return { permission, value };
  });
}

/** Whether the README's words cover an access. */
function allows(words: string, { permission, value }: Access): boolean {
  return words.split(", ").some((word) => {
    if (word !== "net: loopback" || permission !== "net") return false;
    return /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(:\d+)?$/.test(value ?? "");
  });
}

async function withServer(
  task: string,
  env: Record<string, string>,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  await using server = await startServer(task, [], { env });
  await use(server);
  await server.stop();
}
