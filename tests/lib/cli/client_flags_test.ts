import { assertEquals, assertThrows } from "@std/assert";
import {
  CLIENT_FLAGS,
  type ClientFlags,
  clientGrants,
  connectOptions,
  TARGET_FLAG,
  targetPort,
} from "../../../lib/cli/client_flags.ts";
import { CommandError, UsageError } from "../../../lib/cli/exit.ts";
import { NO_POSITIONALS, parseCommandLine } from "../../../lib/cli/flags.ts";
import type { Launch } from "../../../lib/cli/rerun.ts";
import { authority } from "../../support/tls.ts";

const OPTIONS = { timeout: 5_000 } as const;
const CA = "tests/vectors/tls/ca.pem";

const TABLE = { ...TARGET_FLAG, port: targetPort(65_432), ...CLIENT_FLAGS } as const;

function flagsOf(...args: string[]): ClientFlags {
  return parseCommandLine(TABLE, NO_POSITIONALS, args).flags;
}

function launchOf(flags: ClientFlags): Launch {
  const script = new URL("../../../clients/echo_client.ts", import.meta.url).href;
  return { script, args: [], grants: clientGrants(flags) };
}

Deno.test("connectOptions takes target and timeout, in milliseconds", OPTIONS, () => {
  const plain = {
    unix: undefined,
    host: "127.0.0.1",
    port: 65_432,
    timeout: 5_000,
    tls: undefined,
  };
  const cases = [
    [[], plain],
    [["--host", "[::1]", "--port", "7"], { ...plain, host: "::1", port: 7 }],
    [["--host", "::1"], { ...plain, host: "::1" }],
    [["--connect-timeout", "0.25"], { ...plain, timeout: 250 }],
    [["--unix", "x.sock"], { ...plain, unix: "x.sock" }],
    [["--tls"], { ...plain, tls: { caCerts: [] } }],
    [["--tls", "--ca", CA], { ...plain, tls: { caCerts: [authority()] } }],
  ] as const;
  for (const [args, options] of cases) {
    const flags = flagsOf(...args);
    assertEquals<unknown>(connectOptions(flags, launchOf(flags)), options, args.join(" "));
  }
});

Deno.test("flags of a client that contradict each other are refused", OPTIONS, () => {
  const cases = [
    [["--ca", CA], "Option --ca needs --tls as well"],
    [["--unix", "x.sock", "--tls"], "Option --unix cannot go with --tls"],
  ] as const;
  for (const [args, message] of cases) {
    assertEquals(assertThrows(() => flagsOf(...args), UsageError).message, message);
  }
});

Deno.test("connectOptions explains a file that it cannot read", OPTIONS, () => {
  const flags = flagsOf("--tls", "--ca", "tests");
  const error = assertThrows(() => connectOptions(flags, launchOf(flags)), CommandError);
  assertEquals(error.message, 'Cannot read certificate "tests": it is a directory');
});

Deno.test("clientGrants asks for what the flags need", OPTIONS, () => {
  const cwd = Deno.cwd();
  const cases = [
    [[], { net: ["127.0.0.1:65432"] }],
    [["--host", "[::1]"], { net: ["[::1]:65432"] }],
    [["--host", "example.org", "--port", "7"], { net: ["example.org:7"] }],
    [["--tls", "--ca", CA], { net: ["127.0.0.1:65432"], read: [CA] }],
    [["--unix", "/run/e"], { net: ["unix:/run/e"], read: ["/run/e"], write: ["/run/e"] }],
    [["--unix", "e"], { net: [`unix:${cwd}/e`], read: ["e"], write: ["e"] }],
  ] as const;
  for (const [args, grants] of cases) assertEquals<unknown>(clientGrants(flagsOf(...args)), grants);
});

Deno.test("client flags keep their numbers in range", OPTIONS, () => {
  const bad = [["--port", "0"], ["--port", "65536"], ["--connect-timeout", "0"]];
  for (const args of bad) assertThrows(() => flagsOf(...args), UsageError, `Option ${args[0]} got`);
});
