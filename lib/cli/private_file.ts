/**
 * Files with secrets: read together with the question of who else can read them.
 *
 * @module
 */
import { decodeUtf8 } from "../codec/text.ts";
import { CommandError, EXIT } from "./exit.ts";
import { explainFile } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/** Bytes of a secret: far more than anybody chooses. */
const MAX_SECRET_BYTES = 4096;
/**
 * Bytes that a token has at least: whoever records a handshake can try shorter ones, one after the other,
 * as fast as a machine can.
 */
const MIN_TOKEN_BYTES = 16;
/** Bits of a file's mode that let its group and others read it. */
const OTHERS_READ = 0o044;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** What was read, and whether others could have done so. */
export interface PrivateFile {
  /** The content; one byte more than allowed if it is too long. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether other users of this machine can read it; Windows does not tell, and the answer is no. */
  readonly exposed: boolean;
}

/**
 * Reads a file that may hold secrets.
 *
 * @param what What it is for: `token file`.
 * @param maxBytes No more than one byte beyond this is read.
 * @throws {CommandError} If it cannot be read.
 */
export function readPrivateFile(
  path: string,
  what: string,
  maxBytes: number,
  launch: Launch,
): PrivateFile {
  try {
    // Mode and content of the same file, whatever happens to its name in the meantime.
    using file = Deno.openSync(path);
    const { mode } = file.statSync();
    const room = new Uint8Array(maxBytes + 1);
    let length = 0;
    while (length < room.length) {
      const count = file.readSync(room.subarray(length));
      if (count === null) break;
      length += count;
    }
    return { bytes: room.subarray(0, length), exposed: ((mode ?? 0) & OTHERS_READ) !== 0 };
  } catch (error) {
    throw explainFile(error, what, path, launch);
  }
}

/**
 * Reads the secret that two sides of a file transfer share: the bytes of a file, without the line ending
 * at its end. The token itself is in no message.
 *
 * @throws {CommandError} If it cannot be read, others can read it, or it is too short.
 */
export function readTokenFile(path: string, launch: Launch): Uint8Array {
  const token = readSecret(path, "token file", launch);
  if (token.length >= MIN_TOKEN_BYTES) return token;
  throw cannotUse(
    "token file",
    path,
    `expected at least ${MIN_TOKEN_BYTES} bytes, got ${token.length}; ` +
      `make one with: openssl rand -hex 32 > ${path}`,
  );
}

/**
 * Reads a password: the first line of a file.
 *
 * @throws {CommandError} If it cannot be read, is no text, or others can read it.
 */
export function readPasswordFile(path: string, launch: Launch): string {
  const [password = ""] = decodeUtf8(readSecret(path, "password file", launch)).split(/\r?\n/, 1);
  return password;
}

function readSecret(path: string, what: string, launch: Launch): Uint8Array {
  const { bytes, exposed } = readPrivateFile(path, what, MAX_SECRET_BYTES, launch);
  if (exposed) throw cannotUse(what, path, `others can read it; run: chmod 600 ${path}`);
  if (bytes.length > MAX_SECRET_BYTES) {
    throw cannotUse(what, path, `expected at most ${MAX_SECRET_BYTES} bytes`);
  }
  let end = bytes.length;
  if (bytes[end - 1] === LINE_FEED) end--;
  if (bytes[end - 1] === CARRIAGE_RETURN) end--;
  return bytes.slice(0, end);
}

function cannotUse(what: string, path: string, fault: string): CommandError {
  return new CommandError(`Cannot use the ${what} "${path}": ${fault}`, { exitCode: EXIT.usage });
}
