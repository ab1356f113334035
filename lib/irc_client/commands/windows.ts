import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { type Command, splitWords, tell } from "./command.ts";

/** Looks at a window, by its place from 1, as its number in the prompt says. */
export function switchWindow(state: ClientState, number: number, turn: Turn): void {
  if (state.windows.switchTo(number - 1)) turn.add({ kind: "switched" });
  else tell(state, turn, `There is no window ${number}: /help lists the commands`);
}

/** Channels and talks: entering, leaving, looking at. */
export const WINDOW_COMMANDS: Readonly<Record<string, Command>> = {
  join: {
    parameters: "#CHANNEL [KEY]",
    help: "enter a channel and look at it",
    needs: 1,
    run: (state, rest, turn) => {
      const [first = "", key = ""] = splitWords(rest, 2);
      const name = state.features.isChannel(first) ? first : `#${first}`;
      const known = state.windows.find(name);
      if (known?.joined) return switchWindow(state, state.windows.list.indexOf(known) + 1, turn);
      const window = state.windows.open(name, "channel");
      if (window === undefined) return tell(state, turn, "There are too many windows: /part some");
      window.key = key;
      turn.send("JOIN", name, ...key === "" ? [] : [key]);
      if (window !== state.windows.current) {
        switchWindow(state, state.windows.list.indexOf(window) + 1, turn);
      }
    },
  },
  part: {
    parameters: "[#CHANNEL] [REASON]",
    help: "leave a channel, or close a talk",
    needs: 0,
    run: (state, rest, turn) => {
      const [first = "", ...others] = splitWords(rest, 2);
      const named = first === "" ? undefined : state.windows.find(first);
      const window = named ?? state.windows.current;
      const reason = named === undefined ? rest : others.join(" ");
      if (window.kind === "server") {
        return tell(state, turn, "This window stays open; /quit leaves");
      }
      if (window.joined) turn.send("PART", window.name, ...reason === "" ? [] : [reason]);
      window.wanted = false;
      state.windows.close(window);
      turn.add({ kind: "switched" });
    },
  },
  query: {
    parameters: "NICK [TEXT]",
    help: "talk with one person in a window of its own",
    needs: 1,
    run: (state, rest, turn) => {
      const [nick = "", text = ""] = splitWords(rest, 2);
      if (state.features.isChannel(nick)) {
        return tell(state, turn, `"${nick}" is a channel: /join it`);
      }
      const window = state.windows.open(nick, "query");
      if (window === undefined) return tell(state, turn, "There are too many windows: /part some");
      switchWindow(state, state.windows.list.indexOf(window) + 1, turn);
      if (text !== "") state.say(window.name, text, turn);
    },
  },
  switch: {
    parameters: "[NUMBER | NAME]",
    help: "look at another window; also Alt-1 … Alt-9 and /1 … /9",
    needs: 0,
    run: (state, rest, turn) => {
      const { list, currentIndex } = state.windows;
      if (rest === "") return switchWindow(state, (currentIndex + 1) % list.length + 1, turn);
      if (/^\d+$/.test(rest)) return switchWindow(state, Number(rest), turn);
      const window = state.windows.find(rest) ?? state.windows.find(`#${rest}`);
      if (window === undefined) return tell(state, turn, `There is no window "${rest}"`);
      switchWindow(state, list.indexOf(window) + 1, turn);
    },
  },
};
