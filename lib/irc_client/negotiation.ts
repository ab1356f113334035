/**
 * Capabilities: what the server can do beyond the old protocol, and which of it this client asks for.
 *
 * ```text
 * C: CAP LS 302
 * S: CAP * LS * :away-notify batch echo-message      (a star before the list: more lines follow)
 * S: CAP * LS :multi-prefix sasl=PLAIN server-time
 * C: CAP REQ :away-notify batch echo-message multi-prefix server-time
 * S: CAP ann ACK :away-notify batch echo-message multi-prefix server-time
 * C: CAP END                                         (registration goes on)
 * ```
 *
 * Source: https://ircv3.net/specs/extensions/capability-negotiation
 *
 * @module
 */
import { packWords } from "../codec/irc_replies.ts";

/** What this client makes use of where it is offered. */
const WANTED = [
  "away-notify",
  "batch",
  "cap-notify",
  "chghost",
  "echo-message",
  "invite-notify",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "server-time",
  "setname",
  "standard-replies",
];

/** Without these the other makes no sense: a label is answered by a batch. */
const NEEDS: ReadonlyMap<string, string> = new Map([["labeled-response", "batch"]]);

/** Bytes of a list in one request; the rest of the line is `CAP REQ :` and some air. */
const MAX_LIST_BYTES = 400;

/** The state of one connection's negotiation. */
export class Negotiation {
  /** What is switched on. */
  readonly enabled = new Set<string>();
  readonly #offered = new Set<string>();
  /** Requests without an answer, oldest first: what of each is not granted yet. */
  #open: string[][] = [];
  #ended = false;

  /**
   * Takes a CAP message's parameters after its target, and returns the parameters of what to answer.
   */
  receive([subcommand = "", ...rest]: readonly string[]): string[][] {
    const list = (rest.at(-1) ?? "").split(" ").filter((word) => word !== "");
    const names = list.map((word) => word.replace(/=.*$/s, ""));
    switch (subcommand.toUpperCase()) {
      case "LS":
        for (const name of names) if (WANTED.includes(name)) this.#offered.add(name);
        return rest.length > 1 && rest[0] === "*" ? [] : this.#request([...this.#offered]);
      case "NEW":
        for (const name of names) if (WANTED.includes(name)) this.#offered.add(name);
        return this.#request([...this.#offered].filter((name) => names.includes(name)));
      case "DEL":
        for (const name of names) this.#drop(name);
        return [];
      case "ACK":
        for (const name of names) this.#acknowledge(name);
        return this.#end();
      case "NAK":
        return this.#retry();
      default:
        return [];
    }
  }

  #request(names: readonly string[]): string[][] {
    const asked = new Set([...this.enabled, ...this.#open.flat()]);
    const usable = names.filter((name) => {
      const need = NEEDS.get(name);
      return !asked.has(name) && (need === undefined || this.#offered.has(need));
    });
    return [...this.#ask(packWords(usable, MAX_LIST_BYTES)), ...this.#end()];
  }

  #ask(lists: readonly string[]): string[][] {
    this.#open.push(...lists.map((list) => list.split(" ")));
    return lists.map((list) => ["REQ", list]);
  }

  /** A server may grant one request in several lines: it is answered when nothing of it is left. */
  #acknowledge(name: string): void {
    const bare = name.replace(/^[-~=]+/, "");
    const request = this.#open.find((names) => names.includes(bare));
    // What was not asked for is none of ours, whatever the server says.
    if (request === undefined) return;
    request.splice(request.indexOf(bare), 1);
    this.#open = this.#open.filter((names) => names.length > 0);
    if (!name.startsWith("-")) this.enabled.add(bare);
  }

  /**
   * A server refuses a request as a whole: each capability is asked for once more, on its own. Which
   * request is meant follows from the order, because the server may cut the list that it repeats.
   */
  #retry(): string[][] {
    const refused = this.#open.shift() ?? [];
    const again = refused.length > 1 ? refused.filter((name) => this.#offered.has(name)) : [];
    return again.length > 0 ? this.#ask(again) : this.#end();
  }

  /** What was asked for meanwhile is answered all the same. */
  #drop(name: string): void {
    this.enabled.delete(name);
    this.#offered.delete(name);
  }

  /** The end of the negotiation, once, as soon as nothing is open. */
  #end(): string[][] {
    if (this.#ended || this.#open.length > 0) return [];
    this.#ended = true;
    return [["END"]];
  }
}
