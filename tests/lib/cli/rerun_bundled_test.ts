import { assertEquals } from "@std/assert";
import { type Grants, recompileCommand, rerunCommand } from "../../../lib/cli/rerun.ts";

const SCRIPT = "file:///opt/sockets/servers/echo_server.ts";
const CASES: [grants: Grants, flags: string][] = [
  [{ net: ["0.0.0.0:7000"] }, "--allow-net=0.0.0.0:7000"],
  [{ net: ["[::1]:7"] }, "'--allow-net=[::1]:7'"],
  [
    { net: ["127.0.0.1:7"], read: ["my cert.pem", "key.pem"] },
    "--allow-net=127.0.0.1:7 '--allow-read=my cert.pem,key.pem'",
  ],
  [{ net: [], write: ["a"] }, "--allow-write=a"],
];

for (const [grants, flags] of CASES) {
  Deno.test(`what is needed can be pasted: ${flags}`, { timeout: 20_000 }, () => {
    const launch = { script: SCRIPT, args: ["--port", "7", "it's"], grants };
    assertEquals(
      rerunCommand(launch),
      `deno run ${flags} /opt/sockets/servers/echo_server.ts --port 7 'it'\\''s'`,
    );
    assertEquals(recompileCommand(launch), `deno task compile:echo-server -- ${flags}`);
  });
}
