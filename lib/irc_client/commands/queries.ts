import type { ClientState } from "../state.ts";
import type { Turn } from "../turn.ts";
import { channelAndRest, type Command, type Run, splitWords, tell } from "./command.ts";

/** A command about a channel: the one that is named first, or the one that is looked at. */
function inChannel(run: (channel: string, rest: string, turn: Turn) => void): Run {
  return (state, text, turn) => {
    const found = channelAndRest(state, text);
    if (found === undefined) return tell(state, turn, "This is no channel: name one, or /join one");
    run(found.channel, found.rest, turn);
  };
}

/** A mode change of the user's own, unless a channel is meant. */
function changeMode(state: ClientState, text: string, turn: Turn): void {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const [first = ""] = words;
  if (state.isOwn(first)) return turn.send("MODE", ...words);
  inChannel((channel, rest) => {
    turn.send("MODE", channel, ...rest.split(/\s+/).filter((word) => word !== ""));
  })(state, text, turn);
}

/** Asking the server, and running a channel. */
export const QUERY_COMMANDS: Readonly<Record<string, Command>> = {
  names: {
    parameters: "[#CHANNEL]",
    help: "who is here",
    needs: 0,
    run: inChannel((channel, _rest, turn) => turn.send("NAMES", channel)),
  },
  topic: {
    parameters: "[#CHANNEL] [TEXT]",
    help: "read or set the topic",
    needs: 0,
    run: inChannel((channel, rest, turn) => {
      turn.send("TOPIC", channel, ...rest === "" ? [] : [rest]);
    }),
  },
  whois: {
    parameters: "[NICK]",
    help: "who somebody is",
    needs: 0,
    run: (state, rest, turn) => {
      const { kind, name } = state.windows.current;
      turn.send("WHOIS", rest || (kind === "query" ? name : state.nick));
    },
  },
  who: {
    parameters: "[MASK]",
    help: "everybody here, or everybody who fits",
    needs: 0,
    run: (state, rest, turn) => {
      const mask = rest || state.windows.current.name;
      if (mask === "") return tell(state, turn, "Name a channel or a mask: /who #lobby");
      turn.send("WHO", mask);
    },
  },
  list: {
    parameters: "[MASK]",
    help: "the server's channels",
    needs: 0,
    run: (_state, rest, turn) => turn.send("LIST", ...rest === "" ? [] : [rest]),
  },
  kick: {
    parameters: "[#CHANNEL] NICK [REASON]",
    help: "throw somebody out",
    needs: 1,
    run: inChannel((channel, rest, turn) => turn.send("KICK", channel, ...splitWords(rest, 2))),
  },
  invite: {
    parameters: "NICK [#CHANNEL]",
    help: "ask somebody to come",
    needs: 1,
    run: (state, rest, turn) => {
      const [nick = "", channel = state.windows.current.name] = splitWords(rest, 2);
      if (channel === "") return tell(state, turn, "Name the channel: /invite NICK #CHANNEL");
      turn.send("INVITE", nick, channel);
    },
  },
  mode: {
    parameters: "[#CHANNEL | NICK] [+MODES]",
    help: "read or change modes: /mode +o bob",
    needs: 0,
    run: changeMode,
  },
};
