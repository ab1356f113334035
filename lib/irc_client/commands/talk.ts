import { isNickname } from "../nickname.ts";
import { type Command, splitWords, tell } from "./command.ts";

/** Saying things, and being called something. */
export const TALK_COMMANDS: Readonly<Record<string, Command>> = {
  me: {
    parameters: "TEXT",
    help: "say what you do: * ann waves",
    needs: 1,
    run: (state, rest, turn) => state.sayHere(rest, turn, true),
  },
  msg: {
    parameters: "NICK TEXT",
    help: "say something to somebody, or to another channel",
    needs: 2,
    run: (state, rest, turn) => {
      const [target = "", text = ""] = splitWords(rest, 2);
      state.say(target, text, turn);
    },
  },
  notice: {
    parameters: "NICK TEXT",
    help: "the same as a notice, which no program answers",
    needs: 2,
    run: (state, rest, turn) => {
      const [target = "", text = ""] = splitWords(rest, 2);
      state.say(target, text, turn, { verb: "NOTICE" });
    },
  },
  nick: {
    parameters: "NAME",
    help: "change your nickname",
    needs: 1,
    run: (state, rest, turn) => {
      if (!isNickname(rest)) return tell(state, turn, `"${rest}" is no nickname`);
      if (state.registered) return turn.send("NICK", rest);
      // The server waits for it, and has no other nickname yet that it could change.
      state.nick = rest;
      state.askingNick = false;
      turn.sendNow("NICK", rest);
    },
  },
  away: {
    parameters: "[REASON]",
    help: "say that you are away, or back",
    needs: 0,
    run: (_state, rest, turn) => turn.send("AWAY", ...rest === "" ? [] : [rest]),
  },
  quit: {
    parameters: "[REASON]",
    help: "leave",
    needs: 0,
    run: (_state, rest, turn) => turn.add({ kind: "quit", reason: rest }),
  },
  raw: {
    parameters: "LINE",
    help: "send a line to the server as it is",
    needs: 1,
    run: (state, rest, turn) => {
      const line = rest.replace(/[\0\r\n]+/g, " ").toWellFormed();
      turn.add({ kind: "send", line, urgent: !state.registered });
      turn.say("status", state.windows.current.name, `Sent ${line}`);
    },
  },
};
