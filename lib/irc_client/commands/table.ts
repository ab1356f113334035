import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { type Command, tell } from "./command.ts";
import { QUERY_COMMANDS } from "./queries.ts";
import { TALK_COMMANDS } from "./talk.ts";
import { switchWindow, WINDOW_COMMANDS } from "./windows.ts";

const help: Command = {
  parameters: "[COMMAND]",
  help: "these lines",
  needs: 0,
  run: (state, rest, turn) => {
    const wanted = rest.replace(/^\//, "").toLowerCase();
    const rows = Object.entries(COMMANDS).filter(([name]) => wanted === "" || name === wanted);
    if (rows.length === 0) return tell(state, turn, unknown(wanted));
    const usages = rows.map(([name, { parameters }]) => `/${name} ${parameters}`.trim());
    const width = Math.max(...usages.map((usage) => usage.length));
    const window = state.windows.current.name;
    rows.forEach(([, { help }], row) => {
      turn.say("status", window, `${usages[row]?.padEnd(width)}  ${help}`);
    });
    if (wanted === "") turn.say("status", window, "//text says /text; Tab completes, Up repeats");
  },
};

/** All commands by name, in the order of /help. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ...WINDOW_COMMANDS,
  ...TALK_COMMANDS,
  ...QUERY_COMMANDS,
  help,
};

/** Runs a line that begins with a slash. */
export function runCommand(state: ClientState, line: string, turn: Turn): void {
  const [, word = "", rest = ""] = /^\/(\S*)\s*(.*)$/s.exec(line.trim()) ?? [];
  const name = word.toLowerCase();
  if (/^\d+$/.test(name)) return switchWindow(state, Number(name), turn);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return tell(state, turn, unknown(name));
  const words = rest.split(/\s+/).filter((each) => each !== "").length;
  if (words < command.needs) {
    return tell(state, turn, `/${name} needs more: /${name} ${command.parameters}`);
  }
  command.run(state, rest, turn);
}

function unknown(name: string): string {
  return `There is no command /${name}: /help lists them`;
}
