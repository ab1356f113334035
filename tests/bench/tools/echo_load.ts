/**
 * The same load as `echo_load.c`, for machines without a compiler: slower, so that it may be what is
 * measured, and only good for comparing servers with each other.
 *
 *     echo_load.ts PORT CONNECTIONS SIZE DEPTH SECONDS
 *
 * @module
 */
import { createHistogram } from "node:perf_hooks";
import { equalBytes } from "../../../lib/codec/bytes.ts";
import { readExactly } from "../../../lib/net/read_exactly.ts";
import { writeAll } from "../../../lib/net/write_all.ts";

const [port = 0, connections = 0, size = 0, depth = 0, seconds = 0] = Deno.args.map(Number);
const batch = new Uint8Array(size * depth).map((_, i) => i * 31 + (i >> 8));
const histogram = createHistogram();
let messages = 0;

const conns = await Promise.all(
  Array.from({ length: connections }, async () => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    await exchange(conn, batch.subarray(0, 1), true);
    return conn;
  }),
);
await keepBusy(seconds / 4, true);
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));
if (seconds > 0) {
  messages = 0;
  histogram.reset();
  const began = performance.now();
  await keepBusy(seconds, false);
  const took = (performance.now() - began) / 1_000;
  const [p50, p99] = [50, 99].map((share) => histogram.percentile(share) / 1_000);
  console.log(JSON.stringify({ messages, bytes: messages * size, seconds: took, p50, p99 }));
}
Deno.exit(0);

/** Every connection sends so many messages at once, and the next ones when all are back. */
async function keepBusy(seconds: number, verify: boolean): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  await Promise.all(conns.map(async (conn) => {
    while (performance.now() < end) {
      const began = performance.now();
      await exchange(conn, batch, verify);
      histogram.record(Math.max(1, Math.round((performance.now() - began) * 1e6)));
      messages += depth;
    }
  }));
}

async function exchange(conn: Deno.TcpConn, bytes: Uint8Array, verify: boolean): Promise<void> {
  const answer = new Uint8Array(bytes.length);
  const [whole] = await Promise.all([readExactly(conn, answer), writeAll(conn, bytes)]);
  if (!whole) throw new Error("The server closed a connection");
  if (verify && !equalBytes(answer, bytes)) {
    throw new Error("What came back differs from what was sent");
  }
}
