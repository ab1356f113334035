import { EXIT } from "./exit.ts";
import type { Flag, FlagTable, PositionalRange } from "./flags.ts";
import { sizeText } from "./sizes.ts";

/** What `--help` says of a program, beside its flags. */
export interface HelpText {
  /** Task and executable name: `echo-server`. */
  readonly name: string;
  /** One sentence: what it does. */
  readonly summary: string;
  /** The arguments that are no options. */
  readonly positionals: PositionalRange;
  /** A few command lines to try, each with what it does. */
  readonly examples: readonly (readonly [command: string, effect: string])[];
  /** Exit codes beyond 0, 1 and 2, or what 1 means here. */
  readonly exitCodes?: readonly string[];
}

/** The whole `--help` text: one line an option, with its default and unit. */
export function formatHelp(text: HelpText, flags: FlagTable): string {
  const options = Object.entries(flags).map(([name, flag]) => {
    const short = flag.short === undefined ? "" : `-${flag.short}, `;
    return [`${short}--${name}${valueName(flag)}`, `${flag.help}${defaultNote(flag)}`] as const;
  });
  const usage = ["deno task", text.name, "[options]", text.positionals.names].filter(Boolean);
  return [
    `${text.name}: ${text.summary}`,
    "",
    `Usage: ${usage.join(" ")}`,
    "",
    "Options:",
    ...columns(options),
    "",
    "Examples:",
    ...columns(text.examples),
    "",
    "Exit codes: 0 done, 1 failed, 2 wrong usage",
    ...[...text.exitCodes ?? [], ...signalCodes(text)].map((line) => `  ${line}`),
  ].join("\n");
}

/** Every script has these, a server and a client each its own. */
function signalCodes({ name }: HelpText): string[] {
  if (name.endsWith("-server")) return [`${EXIT.interrupted} left at once, at a second Ctrl-C`];
  return [
    `${EXIT.interrupted} interrupted by Ctrl-C`,
    `${EXIT.unread} nobody reads the results any more, as in "| head -1"`,
  ];
}

function valueName(flag: Flag): string {
  switch (flag.kind) {
    case "switch":
      return "";
    case "choice":
      return ` ${flag.choices.join("|")}`;
    default:
      return ` ${flag.value}`;
  }
}

function defaultNote(flag: Flag): string {
  if (flag.kind === "switch" || flag.default === undefined) return "";
  return ` (default ${flag.kind === "size" ? sizeText(flag.default) : flag.default})`;
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
