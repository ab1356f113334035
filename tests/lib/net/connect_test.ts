import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connectSpecial } from "../../../lib/net/connect.ts";
import { DeadlineError } from "../../../lib/net/deadline.ts";
import { NEEDS_IPV6, NEEDS_LINUX } from "../../support/machine.ts";
import { Peer, readAll } from "../../support/peer.ts";
import { authority, serverIdentity } from "../../support/tls.ts";

const SOCKETS = { timeout: 30_000 } as const;
const TRUST = { caCerts: [authority()] };

/** Accepts one TLS client and returns what it says. */
async function hear(listener: Deno.TlsListener): Promise<string> {
  using conn = await listener.accept();
  await conn.handshake().catch(() => {});
  return new TextDecoder().decode(await readAll(conn).catch(() => new Uint8Array()));
}

Deno.test("connectSpecial leaves plain TCP to the script", SOCKETS, async () => {
  assertEquals(await connectSpecial({ host: "127.0.0.1", port: 1, timeout: 1 }), undefined);
});

for (const host of ["127.0.0.1", "localhost", "::1"]) {
  const { ignore, reason } = host === "::1" ? NEEDS_IPV6 : { ignore: false, reason: "" };
  Deno.test(`connectSpecial speaks TLS with ${host}${reason}`, { ...SOCKETS, ignore }, async () => {
    using listener = Deno.listenTls({ hostname: host, port: 0, ...serverIdentity() });
    const { port } = listener.addr;
    const heard = hear(listener);
    using conn = await connectSpecial({ host, port, timeout: 15_000, tls: TRUST });
    await conn!.write(new TextEncoder().encode("secret"));
    await conn!.closeWrite();
    assertEquals(await heard, "secret");
  });
}

Deno.test(
  "connectSpecial does not trust a certificate that nobody vouches for",
  SOCKETS,
  async () => {
    using listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...serverIdentity() });
    const { port } = listener.addr;
    const heard = hear(listener);
    await assertRejects(
      () => connectSpecial({ host: "127.0.0.1", port, timeout: 15_000, tls: { caCerts: [] } }),
      Deno.errors.InvalidData,
    );
    assertEquals(await heard, "");
  },
);

Deno.test(
  `connectSpecial refuses a trusted certificate of another host${NEEDS_LINUX.reason}`,
  { ...SOCKETS, ignore: NEEDS_LINUX.ignore },
  async () => {
    // The same machine, by an address that is not in the certificate.
    const host = "127.0.0.2";
    using listener = Deno.listenTls({ hostname: host, port: 0, ...serverIdentity() });
    const { port } = listener.addr;
    const heard = hear(listener);
    await assertRejects(
      () => connectSpecial({ host, port, timeout: 15_000, tls: TRUST }),
      Deno.errors.InvalidData,
    );
    assertEquals(await heard, "");
  },
);

Deno.test(
  "connectSpecial gives up a server that never answers the handshake",
  SOCKETS,
  async () => {
    await using peer = new Peer(async (conn) => void await readAll(conn));
    const address = { host: "127.0.0.1", port: Number(peer.port), timeout: 200 };
    await assertRejects(
      () => connectSpecial({ ...address, tls: TRUST }),
      DeadlineError,
      "no TLS handshake in time",
    );
  },
);

Deno.test("connectSpecial fails at a server that speaks something else", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => {
    await conn.write(new TextEncoder().encode("220 mail.example.org ESMTP\r\n"));
    await readAll(conn);
  });
  const address = { host: "127.0.0.1", port: Number(peer.port), timeout: 15_000 };
  await assertRejects(() => connectSpecial({ ...address, tls: TRUST }), Deno.errors.InvalidData);
});

Deno.test("connectSpecial fails at a server that hangs up in the handshake", SOCKETS, async () => {
  await using peer = new Peer(async (conn) => void await conn.read(new Uint8Array(16)));
  const address = { host: "127.0.0.1", port: Number(peer.port), timeout: 15_000 };
  const error = await assertRejects(() => connectSpecial({ ...address, tls: TRUST }));
  assertInstanceOf(error, Error);
});
