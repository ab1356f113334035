import { assertEquals } from "@std/assert";
import { type Launch, netAccessInWords, rerunCommand, shortPath } from "../../../lib/cli/rerun.ts";

const TIMEOUT = 5_000;
const SCRIPT = new URL("../../../servers/echo_server.ts", import.meta.url).href;

Deno.test("rerunCommand grants what the job needs, and no more", { timeout: TIMEOUT }, () => {
  const cases: [Omit<Launch, "script">, string][] = [
    [
      { args: ["--host", "0.0.0.0", "--port", "7000"], grants: { net: ["0.0.0.0:7000"] } },
      "deno run --allow-net=0.0.0.0:7000 servers/echo_server.ts --host 0.0.0.0 --port 7000",
    ],
    [
      {
        args: ["--unix", "/run/e.sock"],
        grants: { net: ["unix:/run/e.sock"], read: ["/run/e.sock"], write: ["/run/e.sock"] },
      },
      "deno run --allow-net=unix:/run/e.sock --allow-read=/run/e.sock --allow-write=/run/e.sock " +
      "servers/echo_server.ts --unix /run/e.sock",
    ],
    [
      { args: [], grants: { net: ["127.0.0.1:7"], read: ["cert.pem", "key.pem"], write: [] } },
      "deno run --allow-net=127.0.0.1:7 --allow-read=cert.pem,key.pem servers/echo_server.ts",
    ],
    [{ args: [], grants: {} }, "deno run servers/echo_server.ts"],
  ];
  for (const [launch, command] of cases) {
    assertEquals(rerunCommand({ script: SCRIPT, ...launch }), command);
  }
});

Deno.test("rerunCommand quotes what a shell would not take literally", { timeout: TIMEOUT }, () => {
  const cases = [
    ["Wake up, Neo", "'Wake up, Neo'"],
    ["it's", `'it'\\''s'`],
    ["$HOME", "'$HOME'"],
    ["a;b", "'a;b'"],
    ["*", "'*'"],
    ["`id`", "'`id`'"],
    ["line\nbreak", "'line\nbreak'"],
    ["", "''"],
    ["[::1]", "'[::1]'"],
    ["a\\b", "'a\\b'"],
    ["plain-1.2_3@x%y+z=:,./", "plain-1.2_3@x%y+z=:,./"],
  ] as const;
  for (const [word, quoted] of cases) {
    const command = rerunCommand({ script: SCRIPT, args: [word], grants: {} });
    assertEquals(command, `deno run servers/echo_server.ts ${quoted}`);
  }
  const net = rerunCommand({ script: SCRIPT, args: [], grants: { net: ["[::1]:7"] } });
  assertEquals(net, "deno run '--allow-net=[::1]:7' servers/echo_server.ts");
});

Deno.test("shortPath is relative below the current directory only", { timeout: TIMEOUT }, () => {
  assertEquals(shortPath(SCRIPT), "servers/echo_server.ts");
  assertEquals(shortPath("https://example.org/echo.ts"), "https://example.org/echo.ts");
  if (Deno.build.os === "windows") return;
  assertEquals(shortPath("file:///nowhere/a%20b.ts"), "/nowhere/a b.ts");
  // A sibling whose name begins alike is not below.
  assertEquals(shortPath(`file://${Deno.cwd()}-2/x.ts`), `${Deno.cwd()}-2/x.ts`);
  assertEquals(shortPath("file:///nowhere/x.ts", "/nowhere"), "x.ts");
});

Deno.test("netAccessInWords tells limited access from none", { timeout: TIMEOUT }, () => {
  assertEquals(netAccessInWords(), "network access is limited to loopback");
});

Deno.test(
  "netAccessInWords without access",
  { timeout: TIMEOUT, permissions: "none" },
  () => assertEquals(netAccessInWords(), "network access was not granted"),
);

Deno.test("rerunCommand switches UDP on where it is used and off", { timeout: TIMEOUT }, () => {
  // A bundle: this module and the script are one file.
  const script = new URL("../../../lib/cli/rerun.ts", import.meta.url).href;
  const launch = { script, args: [], grants: { net: ["127.0.0.1:7"] } };
  for (const [udp, flag] of [[true, "--unstable-net "], [false, ""], [undefined, ""]] as const) {
    assertEquals(
      rerunCommand(udp === undefined ? launch : { ...launch, udp }),
      `deno run ${flag}--allow-net=127.0.0.1:7 lib/cli/rerun.ts`,
    );
  }
});
