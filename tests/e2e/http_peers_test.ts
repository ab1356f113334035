/**
 * http-get against servers that nobody here wrote, with curl as the judge of what they say.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { needsCommand, runCommand } from "../support/commands.ts";
import { Journal } from "../support/journal.ts";
import { runClient } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { ScratchDirectory } from "../support/scratch.ts";

const PYTHON = needsCommand("python3");
const CURL = needsCommand("curl");
const TIMEOUT = 60_000;

/** Python's own HTTP server on a free port, with the files of a directory. */
async function pythonServer(directory: string): Promise<AsyncDisposable & { port: string }> {
  const child = new Deno.Command("python3", {
    args: ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", directory, "0"],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const said = new Journal<string>("the output of Python");
  const reading = (async (): Promise<void> => {
    let text = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes(" port ")) said.add(text);
    }
    said.end();
  })();
  const line = await said.find((text) => / port \d+ /.test(text), "its port");
  return {
    port: / port (\d+) /.exec(line)?.[1] ?? "",
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await child.status;
      await reading;
    },
  };
}

Deno.test({
  name: `http-get reads what Python's server serves${PYTHON.reason}`,
  ignore: PYTHON.ignore,
  timeout: TIMEOUT,
}, async () => {
  using directory = new ScratchDirectory();
  const random = new Random();
  const content = random.bytes(300_000);
  Deno.writeFileSync(directory.file("big file.bin"), content);
  Deno.mkdirSync(directory.file("sub"));
  Deno.writeTextFileSync(directory.file("sub/index.html"), "<p>Grüße</p>\n");
  await using server = await pythonServer(directory.path);
  const site = `http://127.0.0.1:${server.port}`;

  for (const version of [[], ["--http1.1"]]) {
    const big = await runClient("http-get", [...version, `${site}/big%20file.bin`]);
    assertEquals([big.code, big.stderr], [0, ""]);
    assertEquals(big.bytes.toHex() === content.toHex(), true, `seed ${random.seed}`);
  }
  const page = await runClient("http-get", ["-L", "127.0.0.1", server.port, "/sub"]);
  assertEquals([page.code, page.stdout], [0, "<p>Grüße</p>\n"]);
  const missing = await runClient("http-get", ["-f", `${site}/missing`]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertEquals(missing.stderr, "The server answered 404 File not found\n");
});

Deno.test({
  name: `http-get and curl agree on the runtime's server, chunks and all${CURL.reason}`,
  ignore: CURL.ignore,
  timeout: TIMEOUT,
}, async () => {
  const random = new Random();
  const parts = Array.from({ length: 20 }, () => random.bytes(random.integer(1, 30_000)));
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      switch (new URL(request.url).pathname) {
        case "/chunks":
          return new Response(ReadableStream.from(parts));
        case "/empty":
          return new Response(null, { status: 204 });
        case "/moved":
          return Response.redirect(new URL("/chunks", request.url), 307);
        default:
          return new Response("what?\n", { status: 418 });
      }
    },
  );
  const site = `http://127.0.0.1:${server.addr.port}`;
  for (const path of ["/chunks", "/empty", "/moved", "/else"]) {
    for (const ours of [["--http1.1"], []]) {
      const theirs = ours.length > 0 ? "--http1.1" : "--http1.0";
      const judge = await runCommand("curl", ["-sSL", theirs, `${site}${path}`]);
      const { code, bytes, stderr } = await runClient("http-get", [
        "-L",
        ...ours,
        `${site}${path}`,
      ]);
      assertEquals([judge.code, code, stderr], [0, 0, ""], path);
      assertEquals(bytes.toHex() === judge.bytes.toHex(), true, `${path}, seed ${random.seed}`);
    }
  }
  const shown = await runClient("http-get", ["-v", "--http1.1", `${site}/chunks`]);
  assertStringIncludes(shown.stderr.toLowerCase(), "< transfer-encoding: chunked\n");
  const failed = await runClient("http-get", ["-f", `${site}/else`]);
  assertEquals(failed.stderr, "The server answered 418 I'm a teapot\n");
});

Deno.test({
  name: "http-get speaks https to the runtime's server",
  timeout: TIMEOUT,
}, async () => {
  await using server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync("tests/vectors/tls/leaf.pem"),
    key: Deno.readTextFileSync("tests/vectors/tls/leaf_key.pem"),
    onListen: () => {},
  }, () => new Response(ReadableStream.from([new TextEncoder().encode("secret\n")])));
  const ca = "tests/vectors/tls/ca.pem";
  for (const version of [[], ["--http1.1"]]) {
    const args = [...version, "--ca", ca, `https://localhost:${server.addr.port}/`];
    const result = await runClient("http-get", args, { grants: [`--allow-read=${ca}`] });
    assertEquals([result.code, result.stdout, result.stderr], [0, "secret\n", ""]);
  }
});
