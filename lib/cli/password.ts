import { promptSecret } from "@std/cli/prompt-secret";
import { UsageError } from "./exit.ts";
import type { FlagTable, FlagValues } from "./flags.ts";
import { readPasswordFile } from "./private_file.ts";
import type { Launch } from "./rerun.ts";

/** Where a password comes from: never from the command line itself, which every user of a machine can see. */
export const PASSWORD_FLAGS = {
  "password-file": {
    kind: "text",
    value: "FILE",
    help: "file with the server's password, which nobody else can read",
  },
  "ask-password": { kind: "switch", help: "ask for the server's password, without showing it" },
} as const satisfies FlagTable;

/**
 * The password that the flags lead to, or `undefined` if they name none.
 *
 * @throws {CommandError} If the file cannot be read, or there is no terminal to ask on.
 */
export function readPassword(
  flags: FlagValues<typeof PASSWORD_FLAGS>,
  launch: Launch,
): string | undefined {
  const file = flags["password-file"];
  if (file !== undefined && flags["ask-password"]) {
    throw new UsageError("Options --password-file and --ask-password exclude each other");
  }
  if (file !== undefined) return readPasswordFile(file, launch);
  if (!flags["ask-password"]) return undefined;
  const password = promptSecret("Password:", { mask: "" });
  if (password === null) {
    throw new UsageError("Option --ask-password needs a terminal; use --password-file in a pipe");
  }
  return password;
}
