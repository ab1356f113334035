import type { IrcMessage } from "../codec/irc_message.ts";
import type { ClientState } from "./state.ts";
import type { Turn } from "./turn.ts";

/** A received message, with what every handler asks for. */
export interface Received extends IrcMessage {
  /** Nickname or server name of the source; empty if it has none. */
  readonly from: string;
  /** User name of the source, if it tells. */
  readonly user: string | null;
  /** Host of the source, if it tells. */
  readonly host: string | null;
  /** Whether the source is the user. */
  readonly own: boolean;
}

/** What is done about one verb or numeric. */
export type Handler = (state: ClientState, message: Received, turn: Turn) => void;

/** Handlers by verb or numeric. */
export type HandlerTable = Readonly<Record<string, Handler>>;

/** Who did something, as the subject of a sentence: the nickname, or `You` for the user. */
export function who({ from, own }: Pick<Received, "from" | "own">): string {
  return own ? "You" : from;
}
