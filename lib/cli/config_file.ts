import { ProtocolError } from "../codec/errors.ts";
import { type Schema, SchemaError } from "../codec/schema.ts";
import { decodeUtf8 } from "../codec/text.ts";
import { CommandError, EXIT } from "./exit.ts";
import { readPrivateFile } from "./private_file.ts";
import type { Launch } from "./rerun.ts";

/** Bytes of a configuration file: far more than a person writes. */
const MAX_BYTES = 1024 * 1024;

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
  const { bytes, exposed } = readPrivateFile(path, "configuration", MAX_BYTES, launch);
  if (bytes.length > MAX_BYTES) throw cannotUse(path, `expected at most ${MAX_BYTES} bytes`);
  try {
    return { value: schema(JSON.parse(decodeUtf8(bytes)), ""), exposed };
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

function configError(path: string, error: unknown): unknown {
  if (error instanceof SchemaError || error instanceof ProtocolError) {
    return cannotUse(path, error.message);
  }
  if (!(error instanceof SyntaxError)) return error;
  // The rest of the message may quote the file, passwords and all.
  const [place = ""] = /line \d+ column \d+/.exec(error.message) ?? [];
  return cannotUse(path, `expected JSON${place === "" ? "" : `, which ends at ${place}`}`);
}
