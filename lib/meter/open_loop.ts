import { PeerClosedError } from "../codec/errors.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { readExactly } from "../net/read_exactly.ts";
import type { Watchdog } from "../net/watchdog.ts";
import { writeAll } from "../net/write_all.ts";
import { Pace } from "./pace.ts";
import { type MeterOptions, Tally } from "./tally.ts";

/**
 * Measures in an open loop: message `i` is due at `start + i / rate`, whatever came of the others, and its
 * time counts from then. A stall of any kind shows in the figures of all messages that it delays (there
 * is no coordinated omission).
 *
 * @param streams Open connections to an echo server; closed in the end.
 * @param options `rate`: messages a second over all connections.
 */
export async function openLoop(
  streams: readonly ByteStream[],
  options: MeterOptions & { rate: number },
  tally: Tally = new Tally(options),
): Promise<Tally> {
  const pace = new Pace(options.rate, tally.start);
  const lanes = streams.map((stream, index) => new Lane(stream, index, streams.length));
  const driving = lanes.map((lane) => {
    const work = (watchdog: Watchdog): Promise<void> =>
      lane.run(tally, pace, options.size, watchdog);
    return tally.drive(lane.stream, work, () => lane.underWay > 0)
      .finally(() => lane.open = false);
  });
  await keepPace(pace, lanes, options, tally);
  await Promise.all(driving);
  return tally;
}

/** The clock: tells each lane when a message of its own is due. */
async function keepPace(
  pace: Pace,
  lanes: readonly Lane[],
  { count, duration, rate, signal }: MeterOptions & { rate: number },
  tally: Tally,
): Promise<void> {
  for (let sequence = 0; sequence < count; sequence++) {
    // By number, because the rounding of clock times could let one more through.
    if (sequence * 1_000 / rate >= duration) break;
    const due = pace.due(sequence);
    await pace.wait(sequence, signal);
    if (signal.aborted || lanes.every((lane) => !lane.open)) break;
    const lane = lanes[sequence % lanes.length]!;
    // What was due over a connection that broke is neither sent nor late.
    if (!lane.open) continue;
    tally.lateness.record(performance.now() - due);
    lane.owe();
  }
  for (const lane of lanes) lane.owe("no more");
}

/**
 * One connection. Message `i` goes over lane `i mod n`, and a stream keeps its order: so the next answer's
 * number is known, its due time too, and nothing has to be remembered of what is under way.
 */
class Lane {
  open = true;
  /** Messages sent whose answers are still to come. */
  underWay = 0;
  #owed = 0;
  #ended = false;
  #wake = (): void => {};

  constructor(readonly stream: ByteStream, readonly first: number, readonly step: number) {}

  /** One more message is due, or no more will be. */
  owe(end?: "no more"): void {
    if (end === undefined) this.#owed++;
    else this.#ended = true;
    this.#wake();
  }

  async run(tally: Tally, pace: Pace, size: number, watchdog: Watchdog): Promise<void> {
    await Promise.all([this.#send(tally, size), this.#receive(tally, pace, size, watchdog)]);
  }

  async #send(tally: Tally, size: number): Promise<void> {
    const message = new Uint8Array(size);
    for (let sequence = this.first;; sequence += this.step) {
      while (this.#owed === 0 && !this.#ended) {
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
      if (this.#owed === 0) break;
      this.#owed--;
      this.underWay++;
      tally.compose(message, sequence);
      await writeAll(this.stream, message);
    }
    // The server answers what is under way and then finishes as well: that ends the receiving half.
    await this.stream.closeWrite();
  }

  async #receive(tally: Tally, pace: Pace, size: number, watchdog: Watchdog): Promise<void> {
    const answer = new Uint8Array(size);
    for (let sequence = this.first;; sequence += this.step) {
      if (!await readExactly(this.stream, answer)) break;
      this.underWay--;
      watchdog.feed();
      tally.accept(answer, sequence, pace.due(sequence));
    }
    if (this.underWay > 0 || !this.#ended) {
      throw new PeerClosedError(`the server closed and owes ${this.underWay} answers`, 0);
    }
  }
}
