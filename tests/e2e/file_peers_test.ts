/**
 * The file server against programs that expect something else, and openssl's certificates.
 *
 * @module
 */
import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { needsCommand, runCommand } from "../support/commands.ts";
import { FileDesk } from "../support/file_desk.ts";
import { startServer } from "../support/process.ts";
import { README } from "../support/readme.ts";

const TIMEOUT = 60_000;
const NC = needsCommand("nc", ["-h"]);
const CURL = needsCommand("curl");
const OPENSSL = needsCommand("openssl", ["version"]);

Deno.test({
  name: `file-server tells nc what it is${NC.reason}`,
  ignore: NC.ignore,
  timeout: TIMEOUT,
}, async () => {
  using desk = new FileDesk();
  await using server = await desk.serve();
  const { stdout } = await runCommand("nc", ["127.0.0.1", String(server.port)], "hello there\n");
  assertMatch(stdout, /^This port speaks file transfer, version 1\r?\n$/);
  await server.logged(/^Closed .*: 12 bytes in, .*the peer speaks something else\)$/);
});

Deno.test({
  name: `file-server answers curl with a 400, and its TLS with an alert${CURL.reason}`,
  ignore: CURL.ignore,
  timeout: TIMEOUT,
}, async () => {
  using desk = new FileDesk();
  await using server = await desk.serve();
  const flags = ["--silent", "--include", "--insecure", "--max-time", "20"];
  const plain = await runCommand("curl", [...flags, `http://127.0.0.1:${server.port}/`]);
  assertEquals(plain.code, 0, plain.stderr);
  assertMatch(plain.stdout, /^HTTP\/1\.1 400 /);
  assertStringIncludes(plain.stdout, "This port speaks file transfer, version 1");
  const secure = await runCommand("curl", [...flags, `https://127.0.0.1:${server.port}/`]);
  assertNotEquals(secure.code, 0);
  await server.logged(/the peer speaks TLS\)$/);
});

Deno.test({
  name: `the README's certificate works, for openssl and for our client${OPENSSL.reason}`,
  ignore: OPENSSL.ignore,
  timeout: TIMEOUT,
}, async () => {
  using desk = new FileDesk();
  const [, line = ""] = /^\$ (openssl req -x509 .*)$/m.exec(README) ?? [];
  const command = line.replace("IP:192.0.2.1", "IP:127.0.0.1");
  assertNotEquals(command, line);
  const made = await runCommand("sh", ["-c", `cd '${desk.path("there")}' && ${command}`]);
  assertEquals(made.code, 0, made.stderr);
  const tls = ["--tls-cert", "cert.pem", "--tls-key", "key.pem"];
  await using server = await startServer("file-server", tls, {
    cwd: desk.path("there"),
    grants: ["--allow-read=cert.pem,key.pem"],
  });
  const cert = desk.path("there/cert.pem");
  desk.write("here/a.txt", "a");
  const trusting = { grants: [`--allow-read=${cert}`] };
  const put = await desk.run(server.port, ["put", "a.txt", "--tls", "--ca", cert], trusting);
  assertEquals([put.code, put.stderr], [0, ""]);
  const address = `127.0.0.1:${server.port}`;
  const args = [
    "s_client",
    "-connect",
    address,
    "-CAfile",
    cert,
    "-verify_return_error",
    "-ign_eof",
  ];
  const openssl = await runCommand("openssl", args, "hello\n");
  assertMatch(openssl.stdout, /^Verify return code: 0 \(ok\)|Verification: OK/m);
  assertStringIncludes(openssl.stdout, "This port speaks file transfer, version 1");
});
