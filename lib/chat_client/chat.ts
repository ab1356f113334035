import { IrcClient } from "../irc_client/client.ts";
import type { Effect, Refusal } from "../irc_client/effect.ts";
import type { Entry } from "../irc_client/entry.ts";
import { Outbox, withoutTags } from "../irc_client/outbox.ts";
import type { ClientSettings } from "../irc_client/state.ts";
import { sleep } from "../net/sleep.ts";
import type { Front } from "./front.ts";

/** Longer than anybody waits, and short enough for a timer, in milliseconds. */
export const LONGEST_NAP = 2_000_000_000;

/** Lines of a pipe that wait to be sent before the next one is read. */
const READ_AHEAD = 20;

/** What counts as received. */
const SAID: readonly Entry["kind"][] = ["message", "action"];

/** How a chat comes to its end. */
export type Ending =
  /** The user left, or the pipe came to its end. */
  | { readonly kind: "done" }
  /** Ctrl-C, or the system wants it. */
  | { readonly kind: "interrupted" }
  /** The server does not want the user; the reason is the server's and not safe to show. */
  | { readonly kind: "refused"; readonly why: Refusal; readonly reason: string }
  /** There is no connection any more. */
  | { readonly kind: "lost"; readonly reason: string };

/** What outlives a connection: the client's state, what it still wants to send, and where it is shown. */
export class Chat {
  /** The protocol. */
  readonly client: IrcClient;
  /** What waits to be sent. */
  readonly outbox: Outbox;
  /** Aborted when the chat is to end, whoever wants it. */
  readonly leaving = new AbortController();
  /** Resolves when a channel is joined; after a loss, when one is joined again. */
  joined: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  /** Where it is shown. */
  front: Front | undefined;
  /** How it ends, as soon as that is known. */
  ending: Ending | undefined;
  /** How often a server let the client in. */
  welcomes = 0;
  /** Whether the pipe came to its end. */
  finishing = false;
  /** Why the chat is left, as QUIT says it. */
  #farewell = "Bye";
  /** Messages of others, those of the user that may be lost, and lines that were left out. */
  readonly counts = { received: 0, doubtful: 0, leftOut: 0 };
  /** Aborted when there is something to send. */
  #bell = new AbortController();
  /** Aborted when something was sent. */
  #room = new AbortController();

  /**
   * Makes a chat without a connection.
   *
   * @param pace Milliseconds between two lines that are sent.
   */
  constructor(settings: ClientSettings, pace: number) {
    this.client = new IrcClient(settings);
    this.outbox = new Outbox(pace);
  }

  /** Whether the server has let the client in; in a pipe, into its channel as well, if it still wants to. */
  get isIn(): boolean {
    const { registered, settings, windows, target } = this.client.state;
    const channel = windows.find(target);
    const isAwaited = channel?.wanted === true && !channel.joined;
    return registered && (settings.interactive || !isAwaited);
  }

  /** Whether everything was sent, and only the server's last answer is missing. */
  get awaitsLastAnswer(): boolean {
    return this.finishing && this.outbox.waiting === 0;
  }

  /** Does what the client asks for, and shows it. */
  act(effects: readonly Effect[]): void {
    for (const effect of effects) this.perform(effect);
    this.front?.flush();
  }

  /** Does what a line of a pipe asks for, no faster than what it sends can be sent. */
  async actAsSent(effects: readonly Effect[]): Promise<void> {
    const { welcomes } = this;
    for (const effect of effects) {
      await this.room();
      if (this.leaving.signal.aborted) return;
      const isSame = this.welcomes === welcomes && this.client.state.registered;
      if (isSame || effect.kind !== "send") this.perform(effect);
      // Made for a connection that was lost while this waited.
      else this.perform({ ...effect, line: withoutTags(effect.line) });
    }
    this.front?.flush();
  }

  /** Does one thing that the client asks for; what is to be shown waits for the front's `flush`. */
  perform(effect: Effect): void {
    switch (effect.kind) {
      case "send":
        // What is urgent and not sent answers a server that does not listen: nobody needs to know.
        if (!this.outbox.push(effect.line, effect.urgent) && !effect.urgent) {
          this.tell("Not sent: too much waits");
        }
        return this.#bell.abort();
      case "show":
        if (SAID.includes(effect.entry.kind) && !effect.entry.own) this.counts.received++;
        this.client.keep(effect.entry);
        return this.front?.show(effect.entry);
      case "ready":
        this.welcomes++;
        this.outbox.held = false;
        // Whoever has left all channels waits for none.
        if (!this.client.state.windows.channels.some(({ wanted }) => wanted)) this.joined.resolve();
        return this.#bell.abort();
      case "joined":
        return this.joined.resolve();
      case "switched":
        return this.front?.switched();
      case "answered":
        return this.outbox.answered(effect.by);
      case "finished":
        // A server may answer before it was asked; then the true answer is still to come.
        if (this.awaitsLastAnswer) this.leave({ kind: "done" });
        return;
      case "quit":
        return this.#quit(effect.reason);
      case "refused":
        return this.#refused(effect);
    }
  }

  /** On a terminal a channel less is no reason to leave; a server that refuses the user is. */
  #refused(refusal: Effect & { kind: "refused" }): void {
    const { registered, settings } = this.client.state;
    if (!registered || !settings.interactive) this.leave(refusal);
  }

  /** The connection is gone: says what may have gone with it, unless it was to end. */
  lost(): void {
    this.client.lost(Date.now());
    const before = this.joined;
    this.joined = Promise.withResolvers<void>();
    // Whoever waits for the first connection's channel is as content with the second's.
    this.joined.promise.then(before.resolve);
    const { count, first } = this.outbox.hold();
    if (count === 0 || this.ending !== undefined) return;
    this.counts.doubtful += count;
    const what = count === 1 ? `"${first}"` : `${count} messages from "${first}" on`;
    this.act(this.client.say("error", `May be lost, and is not sent again: ${what}`, Date.now()));
  }

  /** On a terminal `/quit` is obeyed at once; in a pipe it is the last line, and comes after the others. */
  #quit(reason: string): void {
    this.#farewell = reason;
    if (this.client.state.settings.interactive) this.leave({ kind: "done" });
    else this.finish();
  }

  /** The pipe came to its end: asks for the server's last answer. */
  finish(): void {
    this.finishing = true;
    this.act(this.client.finish(Date.now()));
  }

  /** Says QUIT, and ends. */
  leave(ending: Ending): void {
    if (this.ending !== undefined) return;
    for (const effect of this.client.quit(this.#farewell, Date.now())) this.perform(effect);
    this.ending = ending;
    this.leaving.abort();
  }

  /** Tells the user something. */
  tell(text: string): void {
    this.act(this.client.say("status", text, Date.now()));
  }

  /** Waits until there is something to send, or as long as the pace demands; 0: until there is. */
  async nap(milliseconds: number, over: AbortSignal): Promise<void> {
    this.#room.abort();
    this.#bell = new AbortController();
    await sleep(milliseconds || LONGEST_NAP, AbortSignal.any([this.#bell.signal, over]));
  }

  /** Waits while more lines are to be sent than a pipe should be ahead. */
  async room(): Promise<void> {
    const { signal } = this.leaving;
    while (this.outbox.waiting > READ_AHEAD && !signal.aborted) {
      this.#room = new AbortController();
      await sleep(LONGEST_NAP, AbortSignal.any([this.#room.signal, signal]));
    }
  }
}
