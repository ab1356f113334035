import { assert, assertEquals } from "@std/assert";
import { runClient, type Server, startServer } from "../support/process.ts";
import { scripts } from "../support/project.ts";

import { FileDesk } from "../support/file_desk.ts";
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
  "file-server": async (env) => {
    using desk = new FileDesk();
    await using server = await desk.serve([], { env });
    await transfer(desk, server, {});
    await server.stop();
  },
  "file-client": async (env) => {
    using desk = new FileDesk();
    await using server = await desk.serve();
    await transfer(desk, server, env);
    await server.stop();
  },
  "chat-server": (env) =>
    withServer("chat-server", env, async (server) => {
      await exchange(server.port, "NICK ann\r\nUSER ann 0 * :Ann\r\nQUIT\r\n");
    }),
  "chat-client": (env) =>
    withServer("chat-server", {}, async (server) => {
      const port = ["--port", String(server.port)];
      await runClient("chat-client", port, { env, stdin: "hello\n" });
      await runClient("chat-client", ["--json", "--host", "localhost", ...port], { env });
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

/** What the README's words cover. Files are those of a desk: `here` is the client's directory there. */
const COVERED: Readonly<Record<string, { permission: string; value: RegExp }>> = {
  "net: loopback": {
    permission: "net",
    value: /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(:\d+)?$/,
  },
  "read: shared": { permission: "read", value: /^shared$|\/there\/shared(\/|$)/ },
  "write: shared": { permission: "write", value: /^shared$|\/there\/shared(\/|$)/ },
  "read: here": { permission: "read", value: /\/here(\/|$)/ },
  "write: here": { permission: "write", value: /\/here(\/|$)/ },
  "env: INIT_CWD": { permission: "env", value: /^INIT_CWD$/ },
};

/** Whether the README's words cover an access. */
function allows(words: string, { permission, value }: Access): boolean {
  return words.split(", ").some((word) => {
    const covered = COVERED[word];
    return covered?.permission === permission && covered.value.test(value ?? "");
  });
}

/** There and back again: whatever the file programs touch. */
async function transfer(
  desk: FileDesk,
  server: Server,
  env: Record<string, string>,
): Promise<void> {
  desk.write("here/d/a.txt", "a");
  await desk.run(server.port, ["put", "d"], { env });
  await desk.run(server.port, ["get", "d", "--into", "copy"], { env });
  await desk.run(server.port, ["get", "d/a.txt", "-o", "b.txt"], { env });
  await desk.run(server.port, ["verify", "d"], { env });
  await desk.run(server.port, ["list"], { env });
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
