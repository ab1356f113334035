import { formatHostPort } from "../net/address.ts";
import { type ConnectOptions, connectSpecial } from "../net/connect.ts";
import { explainConnect } from "./explain_socket.ts";
import { type Launch, quoteWords } from "./rerun.ts";

/**
 * Opens a client's connection: TLS or Unix if the options say so, otherwise what `connectPlain` opens, so
 * that the script shows its own `Deno.connect`. Small messages are not held back (`setNoDelay`).
 *
 * @param serverTask The task that starts the matching server, for the hint when nothing listens.
 * @throws {CommandError} If it cannot be opened.
 */
export async function openConnection(
  options: ConnectOptions,
  { launch, serverTask }: { launch: Launch; serverTask: string },
  connectPlain: (options: ConnectOptions) => Promise<Deno.TcpConn>,
): Promise<Deno.Conn> {
  try {
    const special = await connectSpecial(options);
    if (special !== undefined) return special;
    const conn = await connectPlain(options);
    conn.setNoDelay(true);
    return conn;
  } catch (error) {
    const { unix, timeout } = options;
    const startServer = unix === undefined
      ? serverTask
      : `${serverTask} ${quoteWords(["--unix", unix])}`;
    const hints = { startServer, timeout: timeout / 1_000 };
    throw explainConnect(error, target(options), launch, hints);
  }
}

/** Where the options lead, in one word. */
export function target({ unix, host, port }: ConnectOptions): string {
  return unix ?? formatHostPort(host, port);
}
