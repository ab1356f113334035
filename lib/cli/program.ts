/**
 * The frame around every script: reads the command line, answers `--help` and `--version`, turns failures
 * into one line and an exit code.
 *
 * @module
 */
import { CommandError, EXIT, UsageError } from "./exit.ts";
import { type CommandLine, COMMON_FLAGS, type FlagTable, parseCommandLine } from "./flags.ts";
import { formatHelp, type HelpText } from "./help.ts";
import { printNote, printResult } from "./output.ts";
import { VERSION } from "./version.ts";

/** A script's face: its help and its flags. */
export interface Program<T extends FlagTable> extends HelpText {
  /** The table of its own flags. */
  readonly flags: T;
}

/**
 * Runs a script's main part with its command line and returns the exit code.
 *
 * @param main Returns the exit code, or throws {@linkcode CommandError} with the sentence to print.
 */
export async function runProgram<T extends FlagTable>(
  program: Program<T>,
  args: readonly string[],
  main: (line: CommandLine<T>) => Promise<number>,
): Promise<number> {
  const flags = { ...program.flags, ...COMMON_FLAGS };
  try {
    // Who asks for help gets it, whatever else is on the line. Behind "--" nothing is an option.
    const end = args.indexOf("--");
    const options = args.slice(0, end === -1 ? args.length : end);
    if (options.includes("--help")) {
      printResult(formatHelp(program, flags));
      return EXIT.done;
    }
    if (options.includes("--version")) {
      printResult(`${program.name} ${VERSION}`);
      return EXIT.done;
    }
    return await main(parseCommandLine(flags, program.positionals, args));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    printNote(error.message);
    if (error instanceof UsageError) printNote(`Usage: deno task ${program.name} --help`);
    return error.exitCode;
  }
}
