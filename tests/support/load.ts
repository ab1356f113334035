import { assert, assertEquals } from "@std/assert";
import { concatBytes, equalBytes } from "../../lib/codec/bytes.ts";
import { ProbePattern } from "../../lib/codec/probe.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { readAll } from "./peer.ts";

/** Bytes of one write. */
const CHUNK = 1_000;
const PATTERN = new ProbePattern(1, CHUNK);

/**
 * Sends without end and reads what comes back, until the server finishes; then checks it.
 *
 * @returns How many bytes came back, each of them right.
 */
export async function loadUntilEnd(conn: Deno.TcpConn): Promise<number> {
  let finished = false;
  const send = async (): Promise<void> => {
    for (let sent = 0; !finished; sent += CHUNK) await writeAll(conn, PATTERN.slice(sent, CHUNK));
    await conn.closeWrite();
  };
  const receive = async (): Promise<Uint8Array> => {
    const answer = await readAll(conn);
    finished = true;
    return answer;
  };
  const [answer] = await Promise.all([receive(), send()]);
  assert(equalBytes(answer, patternOf(answer.length)), "What came back differs");
  return answer.length;
}

/**
 * Sends until it is told to finish, then finishes, reads all that comes back, and checks it.
 *
 * @returns How many bytes were sent, and came back.
 */
export async function loadUntilTold(conn: Deno.TcpConn, finish: AbortSignal): Promise<number> {
  const send = async (): Promise<number> => {
    let sent = 0;
    for (; !finish.aborted; sent += CHUNK) await writeAll(conn, PATTERN.slice(sent, CHUNK));
    await conn.closeWrite();
    return sent;
  };
  const [answer, sent] = await Promise.all([readAll(conn), send()]);
  assert(
    equalBytes(answer, patternOf(sent)),
    `${answer.length} of ${sent} bytes came back, or wrong`,
  );
  return sent;
}

/** The first bytes of the endless pattern. */
export function patternOf(length: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < length; at += CHUNK) {
    parts.push(PATTERN.slice(at, Math.min(CHUNK, length - at)));
  }
  const whole = concatBytes(parts);
  assertEquals(whole.length, length);
  return whole;
}
