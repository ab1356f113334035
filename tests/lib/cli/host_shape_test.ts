import { assertEquals, assertThrows } from "@std/assert";
import { TARGET_FLAG } from "../../../lib/cli/client_flags.ts";
import { UsageError } from "../../../lib/cli/exit.ts";
import { NO_POSITIONALS, parseCommandLine } from "../../../lib/cli/flags.ts";
import { HOST_FLAG } from "../../../lib/cli/server_flags.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

function parse(table: typeof TARGET_FLAG | typeof HOST_FLAG, host: string): string {
  return parseCommandLine(table, NO_POSITIONALS, ["--host", host]).flags.host;
}

Deno.test("--host takes names and addresses as they are", PURE, () => {
  const hosts = [
    "127.0.0.1",
    "localhost",
    "files.example",
    "my_host",
    "::",
    "::1",
    "[::1]",
    "FE80::1%eth0",
    "[fe80::1%eth0]",
    "::ffff:192.0.2.1",
    "2001:db8:1:2:3:4:5:6",
  ];
  for (const table of [TARGET_FLAG, HOST_FLAG]) {
    for (const host of hosts) assertEquals(parse(table, host), host);
  }
});

Deno.test("--host says that a port does not belong to it", PURE, () => {
  const hosts = ["127.0.0.1:7", "localhost:7", "[::1]:7", "[::1", "::1]", "http://127.0.0.1/"];
  for (const table of [TARGET_FLAG, HOST_FLAG]) {
    for (const host of hosts) {
      assertThrows(
        () => parse(table, host),
        UsageError,
        `Option --host got "${host}": expected a name or an address, without a port`,
      );
    }
  }
});
