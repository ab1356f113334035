import { Features } from "./features.ts";
import { Negotiation } from "./negotiation.ts";
import { speak, type Speech } from "./speech.ts";
import { TokenBucket } from "../codec/token_bucket.ts";
import type { Turn } from "./turn.ts";
import { type Window, Windows } from "./windows.ts";

/** What the user wants. */
export interface ClientSettings {
  /** The nickname to register with. */
  readonly nick: string;
  /** Channels to join, each with its key or an empty one. */
  readonly channels: readonly { readonly name: string; readonly key: string }[];
  /** The server's password. */
  readonly password?: string | undefined;
  /** Whether somebody sits there who can be asked. */
  readonly interactive: boolean;
  /** What a CTCP VERSION is answered with. */
  readonly version: string;
}

/** Messages of a batch that is not closed yet, as far as they are put together. */
export interface Batch {
  /** `netsplit`, `netjoin` and others. */
  readonly type: string;
  /** Its parameters: the two servers of a split. */
  readonly params: readonly string[];
  /** Nicknames by channel. */
  readonly nicks: Map<string, string[]>;
  /** How many of them there are. */
  size: number;
  /** The label of the line that all of it answers, if it has one (labeled-response). */
  readonly label: string | undefined;
}

/** Something that was said, until the server tells what became of it. */
export interface Said {
  /** A channel or nickname. */
  readonly target: string;
  /** The beginning of the text. */
  readonly text: string;
}

/** Batches that may be open at once; servers nest two. */
export const MAX_BATCHES = 8;
/** Nicknames that one of them collects. */
export const MAX_BATCH_NICKS = 10_000;

/** Answers to CTCP requests at once, and how many a second in the long run. */
const CTCP_ANSWERS = { burst: 3, perSecond: 0.1 };
/** Notes about lines that cannot be read: at once, and a second in the long run. */
const NOTES = { burst: 3, perSecond: 0.2 };

/** All that a client knows; what belongs to one connection is new with each. */
export class ClientState {
  /** The nickname that the server knows. */
  nick: string;
  /** User name as the server shows it; empty until it did. */
  user = "";
  /** Host as the server shows it; empty until it did. */
  host = "";
  /** Whether the server has taken the client in. */
  registered = false;
  /** Whether a nickname is being asked for. */
  askingNick = false;
  /** Other nicknames that were tried. */
  nickTries = 0;
  /** What the server says of itself. */
  features: Features = new Features();
  /** What was agreed upon. */
  negotiation: Negotiation = new Negotiation();
  /** Channels and talks. */
  readonly windows: Windows;
  /** Batches that are not complete. */
  readonly batches: Map<string, Batch> = new Map();
  /** What was sent under which label, until the answer comes. */
  readonly labels = new Map<string, Said>();
  /** Counts labels and the like. */
  serial = 0;
  /** The numeric that ends the list under way, with its channel, once an entry of it was shown. */
  listUnderWay = "";
  /** Whether commands were typed: an error may be the answer to one of them. */
  hasCommanded = false;
  /** Whether QUIT was said. */
  isLeaving = false;
  /** The reason of an ERROR, which comes right before the end. */
  lastError = "";
  /** The channel that the pipe's lines go to. */
  readonly target: string;
  /** How often CTCP requests are answered. */
  readonly ctcpAnswers = new TokenBucket(CTCP_ANSWERS, 0);
  /** How often unreadable lines are mentioned. */
  readonly notes = new TokenBucket(NOTES, 0);

  /** Starts without a connection, with windows for the channels to join. */
  constructor(readonly settings: ClientSettings) {
    this.nick = settings.nick;
    this.windows = new Windows((name) => this.features.fold(name));
    this.target = settings.channels[0]?.name ?? "";
    for (const { name, key } of settings.channels) {
      const window = this.windows.open(name, "channel");
      if (window !== undefined) Object.assign(window, { wanted: true, key });
    }
  }

  /** Begins a connection: what the last server said of itself is forgotten, windows stay. */
  reset(): void {
    this.registered = false;
    this.askingNick = false;
    this.nickTries = 0;
    this.nick = this.settings.nick;
    this.features = new Features();
    this.negotiation = new Negotiation();
    this.batches.clear();
    this.labels.clear();
    this.lastError = "";
    for (const window of this.windows.list) {
      window.joined = false;
      window.members.clear();
      window.names = undefined;
    }
  }

  /** Whether a nickname is the user's own. */
  isOwn(nick: string): boolean {
    return this.features.fold(nick) === this.features.fold(this.nick);
  }

  /** The joined channels that somebody is in. */
  channelsWith(nick: string): Window[] {
    const key = this.features.fold(nick);
    return this.windows.channels.filter(({ members }) => members.has(key));
  }

  /** Says something to a channel or a person, joined or not: the server knows best. */
  say(target: string, text: string, turn: Turn, how: Partial<Speech> = {}): void {
    if (target === "") {
      turn.say("error", "", "There is nobody to say this to: /join a channel first");
    } else speak(this, { verb: "PRIVMSG", target, text, ...how }, turn);
  }

  /** Says something in the window that is looked at. */
  sayHere(text: string, turn: Turn, action = false): void {
    const { name, kind, joined } = this.windows.current;
    if (kind === "server") {
      turn.say("error", "", "This is the server's window: /join a channel, or /query somebody");
    } else if (kind === "channel" && !joined) {
      turn.say("error", name, `You are not in ${name}: /join ${name}`);
    } else {
      this.say(name, text, turn, { action });
    }
  }
}
