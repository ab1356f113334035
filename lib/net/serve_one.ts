import { escapeForDisplay } from "../codec/text.ts";
import { Connection } from "./connection.ts";
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
  readonly handle: Handler;
  readonly limits: ServeLimits;
  readonly stop: AbortSignal;
  readonly log: (event: ServeEvent) => void;
  readonly admission: AdmissionDesk;
  readonly clock: { tick: number };
  readonly turns: FairTurns;
  readonly open: Set<Connection>;
  readonly totals: ServeTotals;
}

/**
 * The life of one connection, from accept to close, with its slot already taken. Never throws: what goes
 * wrong here is logged once, and ends nothing but this connection.
 */
export async function serveOne(house: House, conn: Deno.Conn): Promise<void> {
  const { admission, totals, open, turns, clock } = house;
  using connection = new Connection(conn, { turns, clock, number: totals.connections + 1 });
  if (!await admission.admit(connection.host)) {
    refuse(house, connection);
    return;
  }
  totals.connections++;
  open.add(connection);
  let failure: string | undefined;
  try {
    await prepare(house, conn, connection);
    await house.handle(connection, house.stop);
    await connection.end(house.limits.linger);
  } catch (error) {
    failure = describe(error);
  }
  failure = connection.endedBecause ?? failure;
  open.delete(connection);
  if (failure !== undefined) totals.failed++;
  totals.bytesIn += connection.bytesIn;
  totals.bytesOut += connection.bytesOut;
  logClosed(house, connection, failure);
  connection.close();
  admission.leave(connection.host);
}

function refuse(house: House, { peer }: Connection): void {
  const reason = house.stop.aborted
    ? "the server is stopping"
    : `its host has ${house.limits.maxPerHost} connections already`;
  house.totals.refused++;
  house.log({ event: "refused", message: `Refused ${peer}: ${reason}`, peer, reason });
  house.admission.giveBack();
}

/** Small messages go out at once, and a TLS client proves itself before the handler sees it. */
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

function logClosed(house: House, connection: Connection, failure: string | undefined): void {
  const { peer, bytesIn, bytesOut } = connection;
  const bytes = `${bytesIn} bytes in, ${bytesOut} bytes out`;
  const message = `Closed ${peer}: ${bytes}${failure === undefined ? "" : ` (${failure})`}`;
  house.log({
    event: "closed",
    message,
    peer,
    bytesIn,
    bytesOut,
    ...(failure === undefined ? {} : { reason: failure }),
  });
}

/** The reason in words that do not depend on the system, where it is one of the usual ones. */
function describe(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionReset) return "reset by the peer";
  if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.NotConnected) {
    return "the peer was gone";
  }
  return escapeForDisplay(error instanceof Error ? error.message : String(error));
}
