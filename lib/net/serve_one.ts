import { escapeForDisplay } from "../codec/text.ts";
import { Connection } from "./connection.ts";
import type { Crew } from "./crew.ts";
import { withDeadline } from "./deadline.ts";
import type { FairTurns } from "./fair_turns.ts";
import type {
  AdmissionDesk,
  Handler,
  ServeEvent,
  ServeLimits,
  ServeTotals,
} from "./serve_options.ts";

/** What the connections of one listener share. */
export interface House {
  /** What is done with a connection. */
  readonly handle: Handler;
  /** The limits of each. */
  readonly limits: ServeLimits;
  /** Aborted when the server begins to stop. */
  readonly stop: AbortSignal;
  /** Takes every event. */
  readonly log: (event: ServeEvent) => void;
  /** Who is let in. */
  readonly admission: AdmissionDesk;
  /** What others are told. */
  readonly refusal: ((host: string) => Uint8Array) | undefined;
  /** The idle clock. */
  readonly clock: { tick: number };
  /** Who may read when many are busy. */
  readonly turns: FairTurns;
  /** Connections that are being served. */
  readonly open: Set<Connection>;
  /** Counts {@linkcode serveOne} from accept to close. */
  readonly crew: Crew;
  /** What was done so far. */
  readonly totals: ServeTotals;
}

/**
 * The life of one connection, from accept to close, with its slot already taken. Never throws: what goes
 * wrong here is logged once, and ends nothing but this connection.
 */
export async function serveOne(house: House, conn: Deno.Conn): Promise<void> {
  const { admission, totals, open, turns, clock, crew } = house;
  crew.begin();
  using connection = new Connection(conn, { turns, clock, number: totals.connections + 1 });
  if (!await admission.admit(connection.host)) {
    await refuse(house, conn, connection);
    crew.end();
    return;
  }
  totals.connections++;
  open.add(connection);
  let error: unknown;
  try {
    await prepare(house, conn, connection);
    await house.handle(connection, house.stop);
    await connection.end(house.limits.linger);
  } catch (failure) {
    error = failure;
  }
  connection.close();
  open.delete(connection);
  account(house, connection, error);
  // Last, so that no log shows more connections than there are slots.
  admission.leave(connection.host);
  crew.end();
}

async function refuse(house: House, conn: Deno.Conn, connection: Connection): Promise<void> {
  const { peer, host } = connection;
  const reason = house.stop.aborted
    ? "the server is stopping"
    : `its host is at its limit of ${house.admission.maxPerHost ?? house.limits.maxPerHost}`;
  house.totals.refused++;
  house.log({ event: "refused", message: `Refused ${peer}: ${reason}`, peer, reason });
  // A few bytes fit into the system's buffer at once. A TLS client would have to shake hands first.
  if (house.refusal !== undefined && !("handshake" in conn)) {
    await connection.write(house.refusal(host)).catch(() => {});
  }
  house.admission.giveBack();
}

/**
 * Small messages go out at once, and a TLS client proves itself before the handler sees it. A limit of the
 * runtime: closing gives the slot back, but a TLS socket with a handshake or bytes under way stays open in
 * the system until its client leaves.
 */
async function prepare(house: House, conn: Deno.Conn, connection: Connection): Promise<void> {
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  if ("handshake" in conn) {
    const milliseconds = house.limits.handshakeTimeout;
    await withDeadline((conn as Deno.TlsConn).handshake(), {
      milliseconds,
      message: `no TLS handshake within ${milliseconds / 1000} s`,
      onExpire: () => connection.close(),
    });
  }
  const { peer } = connection;
  house.log({ event: "connected", message: `Connected by ${peer}`, peer });
}

function account(house: House, connection: Connection, error: unknown): void {
  const { peer, bytesIn, bytesOut, endedBecause } = connection;
  const { totals } = house;
  totals.bytesIn += bytesIn;
  totals.bytesOut += bytesOut;
  if (error !== undefined) totals.failed++;
  const reason = endedBecause ?? (error === undefined ? undefined : describe(error));
  const bytes = `${bytesIn} bytes in, ${bytesOut} bytes out`;
  const message = `Closed ${peer}: ${bytes}${reason === undefined ? "" : ` (${reason})`}`;
  house.log({
    event: "closed",
    message,
    peer,
    bytesIn,
    bytesOut,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** The reason in words that do not depend on the system, where it is one of the usual ones. */
function describe(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionReset) return "reset by the peer";
  if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected) {
    return "the peer was gone";
  }
  // Many clients do that: to them, the conversation is over when their program is.
  if (error instanceof Deno.errors.UnexpectedEof) return "the peer left without closing TLS";
  return escapeForDisplay(error instanceof Error ? error.message : String(error));
}
