/**
 * What can become of a file, or of a whole conversation: the numbers on the wire and their names. Peers
 * send the number and never a sentence, so no path of the other machine and no text of a stranger can
 * leak into a message; the words are the reader's own.
 *
 * @module
 */

/**
 * Every outcome with its number on the wire.
 *
 * ```text
 *  1.. 9  fine: nothing is left to do
 * 10..29  refused: the receiver does not take the file, or the sender does not have it
 * 30..39  failed: the transfer was begun and could not be completed
 * 40..49  the whole conversation ends
 * ```
 */
export const OUTCOMES = {
  published: 1,
  unchanged: 2,
  skipped: 3,
  different: 10,
  collision: 11,
  "bad-name": 12,
  "not-a-file": 13,
  "too-large": 14,
  "too-many": 15,
  quota: 16,
  "not-allowed": 17,
  missing: 18,
  unreadable: 19,
  taken: 20,
  "source-changed": 30,
  corrupt: 31,
  "disk-full": 32,
  "disk-error": 33,
  "unsafe-path": 34,
  "no-access": 35,
  protocol: 40,
  authentication: 41,
  busy: 42,
  "too-slow": 43,
  stopping: 44,
} as const;

/** The name of an outcome. */
export type Outcome = keyof typeof OUTCOMES;

/** The four kinds of outcomes, by the tens of their numbers. */
export type OutcomeClass = "fine" | "refused" | "failed" | "ended";

/** `{receiver}` is whoever receives: who reads it may be either side. */
const WORDS: Record<Outcome, string> = {
  published: "stored and verified",
  unchanged: "the same content is there already",
  skipped: "a file of that name exists and was left alone",
  different: "a file of that name with other content exists",
  collision: "another file of the same job has that name, or the same name in other letters",
  "bad-name": "the name breaks the rules for names",
  "not-a-file": "a directory, a link or a special file has that name",
  "too-large": "the file is larger than {receiver} allows",
  "too-many": "the job has more files or bytes than {receiver} allows",
  quota: "the storage limit of {receiver} is reached",
  "not-allowed": "the server does not allow that",
  missing: "there is no such file",
  unreadable: "it cannot be read",
  taken: "a file of that name exists, and this server says no more about it",
  "source-changed": "the file changed while it was being sent",
  corrupt: "what arrived is not what was sent: the SHA-256 differs",
  "disk-full": "the disk of {receiver} is full",
  "disk-error": "the disk of {receiver} reported an error",
  "unsafe-path": "a directory on the way was replaced by a link",
  "no-access": "the file system of {receiver} denied permission",
  protocol: "the peer broke the protocol",
  authentication: "the token does not match",
  busy: "the server has too much to do, try again later",
  "too-slow": "the peer was too slow",
  stopping: "the server is stopping",
};

/**
 * Says in words what an outcome means, to stand after a colon.
 *
 * @param receiver What to call the side that receives.
 */
export function describeOutcome(outcome: Outcome, receiver: string = "the receiver"): string {
  return WORDS[outcome].replace("{receiver}", receiver);
}

/** Sorts an outcome into one of the four classes. */
export function classifyOutcome(outcome: Outcome): OutcomeClass {
  const code = OUTCOMES[outcome];
  return code < 10 ? "fine" : code < 30 ? "refused" : code < 40 ? "failed" : "ended";
}
