/**
 * What became of a file, as an exit code and in words, on either side.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { exitCodeFor } from "../../../lib/cli/transfer_exit.ts";
import { describeResult, RECEIVER, SENDER } from "../../../lib/cli/transfer_words.ts";
import type { Outcome } from "../../../lib/codec/file_outcomes.ts";
import type { Operation } from "../../../lib/file/events.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

function result(outcome: Outcome): Parameters<typeof exitCodeFor>[0] {
  const details = { size: 0, resumed: 0, storedAs: undefined, limit: undefined };
  return { kind: "result", type: "file", path: "a", outcome, ...details };
}

const CODES: readonly [outcome: Outcome, put: number, get: number][] = [
  ["published", 0, 0],
  ["different", 3, 3],
  ["missing", 6, 3],
  ["unreadable", 6, 3],
  ["source-changed", 6, 3],
  ["corrupt", 5, 5],
  ["disk-full", 3, 6],
  ["disk-error", 3, 6],
  ["no-access", 3, 6],
];

Deno.test("an exit code says on which side the trouble is", PURE, () => {
  for (const [outcome, put, get] of CODES) {
    const codes = (["put", "get"] as Operation[]).map((operation) => {
      return exitCodeFor(result(outcome), operation, false);
    });
    assertEquals(codes, [put, get], outcome);
  }
});

Deno.test("the side that receives is named as its reader sees it", PURE, () => {
  const cases: readonly [outcome: Outcome, sender: string, receiver: string][] = [
    ["no-access", "the file system of the receiver", "the file system of this machine"],
    ["disk-full", "the disk of the receiver is full", "the disk of this machine is full"],
    ["too-large", "larger than the receiver allows", "larger than this machine allows"],
  ];
  for (const [outcome, sender, receiver] of cases) {
    assertEquals(describeResult(result(outcome), SENDER).includes(sender), true, outcome);
    assertEquals(describeResult(result(outcome), RECEIVER).includes(receiver), true, outcome);
  }
});
