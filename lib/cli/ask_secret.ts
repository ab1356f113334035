import { promptSecret } from "@std/cli/prompt-secret";
import { CommandError } from "./exit.ts";
import { inputLines } from "./input_lines.ts";
import { whileBlocking } from "./shutdown.ts";

/**
 * Asks for a new password: twice on a terminal, where it is not shown; otherwise it is the first line of
 * standard input.
 *
 * @throws {CommandError} If there is none, or the two differ.
 */
export async function askNewSecret(): Promise<string> {
  const secret = Deno.stdin.isTerminal() ? promptTwice() : await firstLine();
  if (secret === "") throw new CommandError("Cannot use an empty password");
  return secret;
}

function promptTwice(): string {
  // The prompt is on standard output, and so is the result.
  if (!Deno.stdout.isTerminal()) {
    throw new CommandError(
      "Cannot ask for a password: standard output is no terminal; pipe the password in",
    );
  }
  const secret = promptSecret("Password:") ?? "";
  if (promptSecret("Once more:") === secret) return secret;
  throw new CommandError("Cannot use the password: you typed two different ones");
}

async function firstLine(): Promise<string> {
  const refuse = (): never => {
    throw new CommandError("Cannot use the password: it is not UTF-8");
  };
  for await (const line of inputLines(refuse)) return line;
  return "";
}

/**
 * Asks for a secret that somebody else chose; it is not shown.
 *
 * @returns `undefined` if there is no terminal to ask on.
 */
export function askSecret(question: string): string | undefined {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  return whileBlocking(() => promptSecret(question, { mask: "" })) ?? undefined;
}
