import { assertEquals, assertRejects } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import { openConnection, target } from "../../../lib/cli/open_connection.ts";
import type { ConnectOptions } from "../../../lib/net/connect.ts";
import { Peer, readAll } from "../../support/peer.ts";
import { authority } from "../../support/tls.ts";

const SOCKETS = { timeout: 20_000 } as const;

const CONTEXT = {
  launch: {
    script: new URL("../../../clients/echo_client.ts", import.meta.url).href,
    args: [],
    grants: { net: ["127.0.0.1"] },
  },
  serverTask: "deno task echo-server",
};

function connectPlain({ host, port, timeout }: ConnectOptions): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: host, port, signal: AbortSignal.timeout(timeout) });
}

Deno.test("openConnection opens what the script opens, plainly", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => void await conn.write(Uint8Array.of(7)));
  const options = { host: "127.0.0.1", port: Number(peer.port), timeout: 15_000 };
  using conn = await openConnection(options, CONTEXT, connectPlain);
  assertEquals(await readAll(conn), Uint8Array.of(7));
});

Deno.test("openConnection explains a refusal", SOCKETS, async () => {
  const options = { host: "127.0.0.1", port: 1, timeout: 15_000 };
  const error = await assertRejects(
    () => openConnection(options, CONTEXT, connectPlain),
    CommandError,
  );
  assertEquals(
    error.message,
    "Cannot connect to 127.0.0.1:1: connection refused; is the server running? " +
      "Start it with: deno task echo-server",
  );
});

Deno.test("openConnection asks for the server of that Unix socket", SOCKETS, async () => {
  const { connect } = Deno;
  // A socket's file that its server left behind.
  const refuse = (): Promise<never> =>
    Promise.reject(new Deno.errors.ConnectionRefused("os error 111"));
  Object.assign(Deno, { connect: refuse });
  try {
    const options = { unix: "/run/my echo", host: "", port: 1, timeout: 15_000 };
    await assertRejects(
      () => openConnection(options, CONTEXT, connectPlain),
      CommandError,
      "Cannot connect to /run/my echo: connection refused; is the server running? " +
        "Start it with: deno task echo-server --unix '/run/my echo'",
    );
  } finally {
    Object.assign(Deno, { connect });
  }
});

Deno.test("openConnection explains a server that does not speak TLS", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    await conn.write(new TextEncoder().encode("220 mail.example.org\r\n"));
    await readAll(conn);
  });
  const address = { host: "127.0.0.1", port: Number(peer.port), timeout: 15_000 };
  const options = { ...address, tls: { caCerts: [authority()] } };
  await assertRejects(
    () => openConnection(options, CONTEXT, connectPlain),
    CommandError,
    `Cannot connect to 127.0.0.1:${peer.port}: the server does not speak TLS`,
  );
});

Deno.test("openConnection explains a server that never answers", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => void await readAll(conn));
  const address = { host: "127.0.0.1", port: Number(peer.port), timeout: 100 };
  const options = { ...address, tls: { caCerts: [authority()] } };
  const error = await assertRejects(
    () => openConnection(options, CONTEXT, connectPlain),
    CommandError,
  );
  assertEquals(
    error.message,
    `Cannot connect to 127.0.0.1:${peer.port}: no answer within 0.1 s; ` +
      "allow more with --connect-timeout",
  );
});

Deno.test("target is where the options lead, in one word", SOCKETS, () => {
  assertEquals(target({ host: "::1", port: 7, timeout: 1 }), "[::1]:7");
  assertEquals(target({ host: "h", port: 7, timeout: 1, unix: "/run/e.sock" }), "/run/e.sock");
});
