import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import { openListener, whereToListen } from "../../../lib/cli/open_listener.ts";
import type { Launch } from "../../../lib/cli/rerun.ts";
import type { ListenOptions } from "../../../lib/net/listen.ts";
import { CaughtOutput } from "../../support/output.ts";
import { serverIdentity } from "../../support/tls.ts";

const SOCKETS = { timeout: 10_000 } as const;
const ADDRESS = { host: "127.0.0.1", port: 0, backlog: 511 };

const LAUNCH: Launch = {
  script: new URL("../../../servers/echo_server.ts", import.meta.url).href,
  args: [],
  grants: { net: ["127.0.0.1:0"] },
};

function listenPlain({ host, port, backlog }: ListenOptions): Deno.Listener {
  return Deno.listen({ hostname: host, port, tcpBacklog: backlog });
}

Deno.test("openListener announces the address that the system gave", SOCKETS, () => {
  for (const [tls, kind] of [[undefined, "tcp"], [serverIdentity(), "tls"]] as const) {
    using output = new CaughtOutput();
    using listener = openListener({ ...ADDRESS, tls }, LAUNCH, listenPlain);
    const { port } = listener.addr as Deno.NetAddr;
    assertEquals(output.stdout, `Listening on 127.0.0.1:${port} (${kind})\n`);
  }
});

Deno.test("openListener that fails announces nothing and explains itself", SOCKETS, () => {
  using output = new CaughtOutput();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = { ...ADDRESS, port: taken.addr.port };
  const error = assertThrows(() => openListener(options, LAUNCH, listenPlain), CommandError);
  assertEquals(
    error.message,
    `Cannot listen on 127.0.0.1:${taken.addr.port}: address in use; ` +
      "choose another with --port, or --port 0 for a free one",
  );
  assertEquals(output.stdout + output.stderr, "");
});

Deno.test("whereToListen shows what was asked for", SOCKETS, () => {
  assertEquals(whereToListen({ ...ADDRESS, host: "::1", port: 7 }), "[::1]:7");
  assertEquals(whereToListen({ ...ADDRESS, unix: "/run/echo.sock" }), "/run/echo.sock");
});
