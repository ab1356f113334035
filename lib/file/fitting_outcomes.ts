import { ProtocolError } from "../codec/errors.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import { classifyOutcome, type OutcomeClass } from "../codec/file_outcomes.ts";

/** Messages that say what became of something. */
export type Verdict = MessageOf<"omitted" | "refuse" | "skip" | "abort" | "result" | "error">;

/**
 * What each of them may say. That all is well is nobody's word but that of the side that stores: in the
 * `result` of what it was sent. Exceptions depend on the job and are made where that is known.
 */
const FITTING: Readonly<Record<Verdict["kind"], readonly OutcomeClass[]>> = {
  omitted: ["refused", "failed"],
  refuse: ["refused", "failed"],
  skip: ["refused", "failed"],
  abort: ["refused", "failed", "ended"],
  result: ["fine", "refused", "failed"],
  error: ["refused", "failed", "ended"],
};

/** Passes a message whose outcome fits it. @throws {ProtocolError} If it does not. */
export function assertFitting({ kind, outcome }: Verdict): void {
  if (FITTING[kind].includes(classifyOutcome(outcome))) return;
  throw new ProtocolError(`Cannot go on: the peer sent "${kind}" with the outcome "${outcome}"`);
}
