import { CommandError } from "./exit.ts";
import { readText } from "./read_text.ts";
import type { Launch } from "./rerun.ts";

/** What a file in PEM may be wanted for. */
export type PemKind = "certificate" | "private key";

/** What begins a block of the kind (RFC 7468; before it, keys had their algorithm in the label). */
const BEGINNINGS: Readonly<Record<PemKind, RegExp>> = {
  certificate: /^-----BEGIN CERTIFICATE-----\s*$/m,
  "private key": /^-----BEGIN (RSA |EC )?PRIVATE KEY-----\s*$/m,
};

/**
 * Reads a file in PEM that the command line names. The runtime passes over a file without any block that it
 * can use, and would complain of the peer instead.
 *
 * @param kind What there must be in it, once at least.
 * @throws {CommandError} If it cannot be read, or has nothing of the kind in it.
 */
export function readPem(path: string, kind: PemKind, launch: Launch): string {
  const text = readText(path, kind, launch);
  if (BEGINNINGS[kind].test(text)) return text;
  throw new CommandError(`Cannot read ${kind}: no ${kind} (PEM) in "${path}"`);
}
