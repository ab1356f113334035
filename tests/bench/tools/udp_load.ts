/**
 * The same load as `udp_load.c`, for machines without a compiler: slower, so that it may be what is
 * measured, and only good for comparing servers with each other.
 *
 *     udp_load.ts PORT SOCKETS SIZE DEPTH SECONDS
 *
 * @module
 */
import { createHistogram } from "node:perf_hooks";
import { DatagramProbe } from "../../../lib/codec/datagram_probe.ts";

/** What is not back after so many milliseconds is lost. */
const LOST_MS = 100;

const [port = 0, sockets = 0, size = 0, depth = 0, seconds = 0] = Deno.args.map(Number);
const server: Deno.NetAddr = { transport: "udp", hostname: "127.0.0.1", port };
const histogram = createHistogram();
let [messages, lost] = [0, 0];

await keepBusy(seconds / 4);
if (messages === 0) throw new Error("Nothing came back");
console.log("ready");
await Deno.stdin.read(new Uint8Array(1));
[messages, lost] = [0, 0];
histogram.reset();
const began = performance.now();
await keepBusy(seconds);
const took = (performance.now() - began) / 1_000;
const [p50, p99] = [50, 99].map((share) => histogram.percentile(share) / 1_000);
console.log(JSON.stringify({ messages, lost, seconds: took, p50, p99 }));
Deno.exit(0);

async function keepBusy(seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  await Promise.all(Array.from({ length: sockets }, (_, run) => talk(run, end)));
}

/** One socket: each answer is followed by the next datagram; silence, by a new window. */
async function talk(run: number, end: number): Promise<void> {
  const probe = new DatagramProbe({ run, size });
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  let [sequence, heard] = [0, performance.now()];
  const ask = (): Promise<number> =>
    socket.send(probe.compose(sequence++, performance.now()), server);
  const refill = async (): Promise<void> => {
    for (let i = 0; i < depth; i++) await ask();
  };
  const timer = setInterval(() => {
    if (performance.now() >= end) return socket.close();
    if (performance.now() - heard < LOST_MS) return;
    lost += depth;
    heard = performance.now();
    refill().catch(() => socket.close());
  }, LOST_MS / 10);
  try {
    await refill();
    const buffer = new Uint8Array(size + 1);
    for (;;) {
      const [datagram] = await socket.receive(buffer);
      const seen = probe.examine(datagram);
      if (seen.kind !== "intact") throw new Error(`A datagram came back ${seen.kind}`);
      heard = performance.now();
      histogram.record(Math.max(1, Math.round((heard - seen.sentAt) * 1e6)));
      messages++;
      await ask();
    }
  } catch (error) {
    // Closing the socket is how the time ends.
    if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) {
      throw error;
    }
  } finally {
    clearInterval(timer);
  }
}
