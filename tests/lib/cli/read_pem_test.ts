import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import { readPem } from "../../../lib/cli/read_pem.ts";
import type { Launch } from "../../../lib/cli/rerun.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";
import { runClient } from "../../support/process.ts";
import { authority, serverIdentity } from "../../support/tls.ts";

const QUICK = { timeout: 5_000 } as const;
const PROCESS = { timeout: 60_000 };
const FOLDER = "tests/vectors/tls";
const LAUNCH: Launch = { script: import.meta.url, args: [], grants: {} };

Deno.test("readPem gives what is in the file, if there is something of the kind", QUICK, () => {
  const { cert, key } = serverIdentity();
  assertEquals(readPem(`${FOLDER}/leaf.pem`, "certificate", LAUNCH), cert);
  assertEquals(readPem(`${FOLDER}/ca.pem`, "certificate", LAUNCH), authority());
  assertEquals(readPem(`${FOLDER}/leaf_key.pem`, "private key", LAUNCH), key);
  const others = [
    ["README.md", "certificate"],
    [`${FOLDER}/leaf_key.pem`, "certificate"],
    [`${FOLDER}/leaf.pem`, "private key"],
  ] as const;
  for (const [path, kind] of others) {
    const error = assertThrows(() => readPem(path, kind, LAUNCH), CommandError);
    assertEquals(error.message, `Cannot read ${kind}: no ${kind} (PEM) in "${path}"`);
  }
});

Deno.test("programs name the file without the certificate that they need", PROCESS, async () => {
  const [cert, key] = [`${FOLDER}/leaf.pem`, `${FOLDER}/leaf_key.pem`];
  const cases: [task: string, args: string[], stderr: string][] = [
    [
      "echo-client",
      ["--tls", "--ca", "README.md"],
      'certificate: no certificate (PEM) in "README.md"',
    ],
    [
      "http-get",
      ["https://127.0.0.1:1/", "--ca", key],
      `certificate: no certificate (PEM) in "${key}"`,
    ],
    [
      "echo-server",
      ["--port", "0", "--tls-cert", key, "--tls-key", cert],
      `certificate: no certificate (PEM) in "${key}"`,
    ],
    [
      "greeting-server",
      ["--port", "0", "--tls-cert", cert, "--tls-key", cert],
      `private key: no private key (PEM) in "${cert}"`,
    ],
  ];
  for (const [task, args, wanted] of cases) {
    const { code, stderr } = await runClient(task, args, { grants: ["--allow-read=."] });
    assertEquals([code, stderr], [1, `Cannot read ${wanted}\n`]);
  }
});

Deno.test("a client that speaks TLS to a server that does not is told so", PROCESS, async () => {
  await using server = serveHere(echoPlainly);
  const where = `127.0.0.1:${server.port}`;
  const wanted = `Cannot connect to ${where}: the server does not speak TLS\n`;
  for (
    const [task, args] of [
      ["echo-client", ["--tls", "--port", String(server.port)]],
      ["http-get", [`https://${where}/`]],
    ] as const
  ) {
    const { code, stderr } = await runClient(task, args);
    assertEquals([code, stderr], [1, wanted]);
  }
});
