/**
 * Plays transcripts against the pure client: lines of a server and of a keyboard in, everything that the
 * client wants to be done out.
 *
 * ```text
 * S: :irc.test 001 ann :Hello      the server says
 * T: /join #lobby                  the user types
 * C: JOIN #lobby                   the client sends
 * V #lobby: -> ann joined          the client shows, in that window; ! before it calls for the user
 * E ready                          anything else that it wants to be done
 * ```
 *
 * @module
 */
import { IrcClient } from "../../lib/irc_client/client.ts";
import type { Effect } from "../../lib/irc_client/effect.ts";
import { entryLine } from "../../lib/irc_client/entry_text.ts";

/** A transcript file. */
export interface Transcript {
  readonly about: string;
  readonly nick: string;
  readonly channels: readonly string[];
  readonly steps: readonly string[];
}

/** The time at which every transcript begins: 2023-11-14T22:13:20Z. */
export const START = 1_700_000_000_000;

/** A client as a transcript has it, connected. */
export function clientOf(
  { nick, channels }: Pick<Transcript, "nick" | "channels">,
  interactive = true,
): IrcClient {
  return new IrcClient({
    nick,
    channels: channels.map((name) => ({ name, key: "" })),
    interactive,
    version: "test",
  });
}

/** Does what the client asks for, as far as it concerns the client, and words it. */
export function wordEffects(client: IrcClient, effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.kind) {
      case "send":
        return `C: ${effect.line}`;
      case "show":
        client.keep(effect.entry);
        return `V ${effect.entry.window || "server"}: ${effect.entry.mention ? "! " : ""}${
          entryLine(effect.entry)
        }`;
      case "joined":
        return `E joined ${effect.channel}`;
      case "answered":
        return `E answered ${effect.by}`;
      case "quit":
        return ["E quit", ...wordEffects(client, client.quit(effect.reason, START))];
      case "refused":
        return `E refused, ${effect.why}: ${effect.reason}`;
      default:
        return `E ${effect.kind}`;
    }
  });
}

/** Plays the steps that go in, and returns the transcript as it came out. */
export function play(transcript: Transcript, interactive = true): string[] {
  const client = clientOf(transcript, interactive);
  const played = wordEffects(client, client.connected(START));
  for (const step of transcript.steps) {
    const text = step.slice(3);
    const line = new TextEncoder().encode(text);
    if (step.startsWith("S: ")) {
      played.push(step, ...wordEffects(client, client.receive(line, START)));
    } else if (step.startsWith("T: ")) {
      played.push(step, ...wordEffects(client, client.typed(text, START)));
    }
  }
  return played;
}
