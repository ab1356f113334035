/**
 * A hashed password as one word of text, in the form that the password hashing competition agreed on.
 *
 * ```text
 * $scrypt$ln=14,r=8,p=5$SALT$HASH     ln = log2 of N; salt and hash in Base64 without padding
 * ```
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatScryptHash, parseScryptHash } from "./scrypt_hash.ts";
 *
 * const text = "$scrypt$ln=14,r=8,p=5$AAECAw$/////w";
 * const hash = parseScryptHash(text);
 * assertEquals(hash?.logCost, 14);
 * assertEquals(hash && formatScryptHash(hash), text);
 * ```
 *
 * Sources: https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md, RFC 7914
 *
 * @module
 */

/** What a hash was made with, and the hash. */
export interface ScryptHash {
  /** log2 of the cost parameter N: memory and time double with each step. */
  readonly logCost: number;
  /** The block size r. */
  readonly blockSize: number;
  /** The parallelization p. */
  readonly parallel: number;
  /** Random bytes that make equal passwords differ. */
  readonly salt: Uint8Array;
  /** The result. */
  readonly hash: Uint8Array;
}

/** Whoever writes a configuration may not make the server take more than 128 MiB (N = 2^17, r = 8) a check. */
const MAX_LOG_COST = 17;
const MAX_BLOCK_SIZE = 8;
const MAX_PARALLEL = 16;

const SHAPE =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{1,86})\$([A-Za-z0-9+/]{4,86})$/;

/** Whether a text is meant as a hash, be it well-formed or not. */
export function looksHashed(text: string): boolean {
  return text.startsWith("$scrypt$");
}

/** Takes a hash apart, or returns `null` if it is none, or one that would cost too much to check. */
export function parseScryptHash(text: string): ScryptHash | null {
  const [, logCost, blockSize, parallel, salt, hash] = SHAPE.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return null;
  const result = {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallel: Number(parallel),
  };
  if (result.logCost < 1 || result.logCost > MAX_LOG_COST) return null;
  if (result.blockSize < 1 || result.blockSize > MAX_BLOCK_SIZE) return null;
  if (result.parallel < 1 || result.parallel > MAX_PARALLEL) return null;
  try {
    return { ...result, salt: Uint8Array.fromBase64(salt), hash: Uint8Array.fromBase64(hash) };
  } catch {
    return null;
  }
}

/** Writes a hash as one word without spaces. */
export function formatScryptHash(hash: ScryptHash): string {
  const { logCost, blockSize, parallel } = hash;
  const [salt, key] = [hash.salt, hash.hash].map((bytes) => bytes.toBase64({ omitPadding: true }));
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallel}$${salt}$${key}`;
}
