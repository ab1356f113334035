import { ByteBuffer } from "../codec/byte_buffer.ts";
import { ProtocolError } from "../codec/errors.ts";
import { type Schema, SchemaError } from "../codec/schema.ts";
import { decodeUtf8 } from "../codec/text.ts";
import { CommandError, EXIT } from "./exit.ts";
import { explainFile } from "./explain.ts";
import type { Launch } from "./rerun.ts";

/** Bytes of a configuration file: far more than a person writes. */
const MAX_BYTES = 1024 * 1024;
/** Bits of a file's mode that let its group and others read it. */
const OTHERS_READ = 0o044;

/** What a configuration file says. */
export interface ConfigFile<T> {
  /** Its value, as the schema returns it. */
  readonly value: T;
  /** Whether other users of this machine can read it; Windows does not tell, and the answer is no. */
  readonly exposed: boolean;
}

/**
 * Reads a configuration file in JSON by its schema.
 *
 * @throws {CommandError} If it cannot be read, with exit code 1; if it does not fit, with exit code 2, the
 * path of the key and what is wanted there.
 */
export function readConfigFile<T>(
  path: string,
  schema: Schema<T>,
  launch: Launch,
): ConfigFile<T> {
  const { text, mode } = readWithMode(path, launch);
  try {
    return { value: schema(JSON.parse(text), ""), exposed: ((mode ?? 0) & OTHERS_READ) !== 0 };
  } catch (error) {
    throw configError(path, error);
  }
}

/** The error for a configuration that is understood and still cannot be. */
export function cannotUse(path: string, fault: string): CommandError {
  return new CommandError(`Cannot use the configuration "${path}": ${fault}`, {
    exitCode: EXIT.usage,
  });
}

/** Text and mode of the same file, whatever happens to its name in the meantime. */
function readWithMode(path: string, launch: Launch): { text: string; mode: number | null } {
  const contents = new ByteBuffer(MAX_BYTES);
  try {
    using file = Deno.openSync(path);
    const chunk = new Uint8Array(16 * 1024);
    for (let count; (count = file.readSync(chunk)) !== null;) {
      contents.append(chunk.subarray(0, count));
    }
    return { text: decodeUtf8(contents.peek()), mode: file.statSync().mode };
  } catch (error) {
    if (error instanceof ProtocolError) throw cannotUse(path, error.message);
    throw explainFile(error, "configuration", path, launch);
  }
}

function configError(path: string, error: unknown): unknown {
  if (error instanceof SchemaError) return cannotUse(path, error.message);
  if (!(error instanceof SyntaxError)) return error;
  // The rest of the message may quote the file, passwords and all.
  const [place = ""] = /line \d+ column \d+/.exec(error.message) ?? [];
  return cannotUse(path, `expected JSON${place === "" ? "" : `, which ends at ${place}`}`);
}
