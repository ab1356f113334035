/**
 * One server through a soak: bouts and proofs by turns, and the accounts in the end.
 *
 * @module
 */
import { sleep } from "../../lib/net/sleep.ts";
import type { Server } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { descriptorsOf, usageOf } from "../support/usage.ts";
import type { Scene, Torture } from "./torture.ts";

/** Memory that a server may have more in the end than before the first bout, in MiB: its heap grows lazily. */
export const MEMORY_BOUND_MIB = 128;
/** Descriptors that it may have more in the end. */
const DESCRIPTOR_BOUND = 2;
/**
 * How long memory and descriptors may take to be given back, in milliseconds: a chat server hears for 30 s
 * what those have said who are gone, and gives them time to close.
 */
const SETTLE_MS = 45_000;
/** Bouts between two proofs. */
const BOUTS_A_PROOF = 5;
const MIB = 1024 * 1024;

/** Control characters and those that turn text around: none of them may stand in a log line. */
// deno-lint-ignore no-control-regex
const UNESCAPED = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** How a server came through. */
export interface Account {
  readonly name: string;
  /** Bouts by torment. */
  readonly bouts: Readonly<Record<string, number>>;
  readonly proofs: number;
  readonly logLines: number;
  /** Before and after, in MiB. */
  readonly memory: readonly [before: number, after: number];
  readonly descriptors: readonly [before: number, after: number];
  /** What did not hold; empty if all did. */
  readonly failures: readonly string[];
}

/** Tortures one program until `signal` is aborted, then takes its account. */
export async function torment(
  torture: Torture,
  seed: number,
  signal: AbortSignal,
): Promise<Account> {
  const { name, torments } = torture;
  const random = new Random(seed);
  await using server = await torture.start();
  const scene: Scene = { server, random, rest: (ms) => sleep(ms, signal) };
  const watch = new LogWatch(server);
  const failures: string[] = [];
  const bouts: Record<string, number> = {};
  let proofs = 0;
  const prove = async (when: string): Promise<void> => {
    try {
      await torture.prove(scene);
      proofs++;
    } catch (error) {
      failures.push(`${when}: ${error instanceof Error ? error.message : error}`);
    }
  };
  await prove("before the first bout");
  const before = await stateOf(server);
  while (!signal.aborted && failures.length === 0) {
    for (let i = 0; i < BOUTS_A_PROOF && !signal.aborted; i++) {
      const { name, bout } = random.pick(torments);
      await bout(scene).catch((error) => failures.push(`${name}: ${error.message}`));
      bouts[name] = (bouts[name] ?? 0) + 1;
      watch.look();
    }
    await prove(`after ${JSON.stringify(bouts)}`);
  }
  const after = await settledState(server, before);
  await prove("in the end");
  failures.push(...excess(before, after));
  const code = await server.stop();
  if (code !== 0) failures.push(`it stopped with exit code ${code}`);
  watch.look();
  failures.push(
    ...watch.offences.map((line) => `a log line is not escaped: ${JSON.stringify(line)}`),
  );
  return {
    name,
    bouts,
    proofs,
    logLines: watch.lines,
    memory: [before.memory, after.memory],
    descriptors: [before.descriptors, after.descriptors],
    failures,
  };
}

/** Looks at log lines and forgets them, for a soak may last for hours. */
class LogWatch {
  lines = 0;
  readonly offences: string[] = [];
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  look(): void {
    for (const { entries } of [this.#server.stderr, this.#server.stdout]) {
      const lines = entries.splice(0);
      this.lines += lines.length;
      this.offences.push(...lines.filter((line) => UNESCAPED.test(line)).slice(0, 3));
    }
  }
}

interface State {
  readonly memory: number;
  readonly descriptors: number;
}

async function stateOf({ pid }: Server): Promise<State> {
  const [usage, descriptors] = await Promise.all([usageOf(pid), descriptorsOf(pid)]);
  return { memory: (usage?.memory ?? 0) / MIB, descriptors: descriptors ?? 0 };
}

/** The state once it is within the bounds, or after some time as it is. */
async function settledState(server: Server, before: State): Promise<State> {
  const end = performance.now() + SETTLE_MS;
  for (;;) {
    const state = await stateOf(server);
    if (excess(before, state).length === 0 || performance.now() > end) return state;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function excess(before: State, after: State): string[] {
  const failures: string[] = [];
  if (after.memory > before.memory + MEMORY_BOUND_MIB) {
    failures.push(
      `memory grew from ${Math.round(before.memory)} to ${Math.round(after.memory)} MiB`,
    );
  }
  if (after.descriptors > before.descriptors + DESCRIPTOR_BOUND) {
    failures.push(`descriptors grew from ${before.descriptors} to ${after.descriptors}`);
  }
  return failures;
}
