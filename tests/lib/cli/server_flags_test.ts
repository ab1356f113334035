import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CommandError, UsageError } from "../../../lib/cli/exit.ts";
import { NO_POSITIONALS, parseCommandLine } from "../../../lib/cli/flags.ts";
import type { Launch } from "../../../lib/cli/rerun.ts";
import {
  HOST_FLAG,
  listenOptions,
  portFlag,
  serveLimits,
  SERVER_FLAGS,
  type ServerFlags,
  serverGrants,
} from "../../../lib/cli/server_flags.ts";
import { SERVE_LIMITS } from "../../../lib/net/serve_options.ts";
import { serverIdentity } from "../../support/tls.ts";

const OPTIONS = { timeout: 5_000 } as const;
const CERT = "tests/vectors/tls/leaf.pem";
const KEY = "tests/vectors/tls/leaf_key.pem";

const TABLE = { ...HOST_FLAG, port: portFlag(65_432), ...SERVER_FLAGS } as const;

function flagsOf(...args: string[]): ServerFlags {
  return parseCommandLine(TABLE, NO_POSITIONALS, args).flags;
}

function launchOf(flags: ServerFlags): Launch {
  const script = new URL("../../../servers/echo_server.ts", import.meta.url).href;
  return { script, args: [], grants: serverGrants(flags) };
}

Deno.test("server flags have the defaults of the limits", OPTIONS, () => {
  assertEquals(serveLimits(flagsOf()), SERVE_LIMITS);
});

Deno.test("server flags in seconds become limits in milliseconds", OPTIONS, () => {
  const flags = flagsOf(
    ...["--max-connections", "3", "--max-per-host", "2", "--idle-timeout", "1.5", "--grace", "0"],
  );
  const wanted = { maxConnections: 3, maxPerHost: 2, idleTimeout: 1_500, grace: 0 };
  assertEquals(serveLimits(flags), { ...SERVE_LIMITS, ...wanted });
});

Deno.test("listenOptions takes address and backlog, brackets or not", OPTIONS, () => {
  const cases = [
    [[], { host: "127.0.0.1", port: 65_432, backlog: 511 }],
    [["--host", "::1", "--port", "0"], { host: "::1", port: 0, backlog: 511 }],
    [["--host", "[::1]", "--backlog", "7"], { host: "::1", port: 65_432, backlog: 7 }],
  ] as const;
  for (const [args, options] of cases) {
    const flags = flagsOf(...args);
    assertEquals(listenOptions(flags, launchOf(flags)), { unix: undefined, ...options });
  }
});

Deno.test("listenOptions reads certificate and key", OPTIONS, () => {
  const flags = flagsOf("--tls-cert", CERT, "--tls-key", KEY);
  assertEquals(listenOptions(flags, launchOf(flags)).tls, serverIdentity());
});

Deno.test("flags of a server that contradict each other are refused", OPTIONS, () => {
  const cases = [
    [["--tls-cert", CERT], "Option --tls-cert needs --tls-key as well"],
    [["--tls-key", KEY], "Option --tls-key needs --tls-cert as well"],
    [
      ["--unix", "x.sock", "--tls-cert", CERT, "--tls-key", KEY],
      "Option --unix cannot go with --tls-cert",
    ],
  ] as const;
  for (const [args, message] of cases) {
    assertEquals(assertThrows(() => flagsOf(...args), UsageError).message, message);
  }
});

Deno.test("listenOptions explains a file that it cannot read", OPTIONS, () => {
  const missing = flagsOf("--tls-cert", CERT, "--tls-key", "tests/no-key.pem");
  const error = assertThrows(() => listenOptions(missing, launchOf(missing)), CommandError);
  assertEquals(error.message, 'Cannot read private key "tests/no-key.pem": no such file');
});

Deno.test(
  "listenOptions names the flag for a file that it may not read",
  { ...OPTIONS, permissions: "none" },
  () => {
    const flags = flagsOf("--tls-cert", CERT, "--tls-key", KEY);
    const error = assertThrows(() => listenOptions(flags, launchOf(flags)), CommandError);
    assertStringIncludes(error.message, `Cannot read certificate "${CERT}": `);
    assertStringIncludes(error.message, ` --allow-read=${CERT},${KEY} `);
  },
);

Deno.test("serverGrants asks for what the flags need", OPTIONS, () => {
  const cwd = Deno.cwd();
  const cases = [
    [[], { net: ["127.0.0.1:65432"] }],
    [["--host", "[::1]", "--port", "0"], { net: ["[::1]:0"] }],
    [["--host", "0.0.0.0"], { net: ["0.0.0.0:65432"] }],
    [["--tls-cert", CERT, "--tls-key", KEY], { net: ["127.0.0.1:65432"], read: [CERT, KEY] }],
    [["--unix", "/run/e"], { net: ["unix:/run/e"], read: ["/run/e"], write: ["/run/e"] }],
    [["--unix", "e"], { net: [`unix:${cwd}/e`], read: ["e"], write: ["e"] }],
  ] as const;
  for (const [args, grants] of cases) assertEquals<unknown>(serverGrants(flagsOf(...args)), grants);
});

Deno.test("server flags keep their numbers in range", OPTIONS, () => {
  const bad = [
    ["--port", "65536"],
    ["--backlog", "0"],
    ["--max-connections", "0"],
    ["--max-per-host", "-1"],
    ["--idle-timeout", "2147484"],
    ["--grace", "-1"],
  ];
  for (const args of bad) assertThrows(() => flagsOf(...args), UsageError, `Option ${args[0]} got`);
});
