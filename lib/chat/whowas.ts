/**
 * Who was here: the latest so many, so that it costs the same however many come and go.
 *
 * @module
 */

/** One nickname that somebody gave up. */
export interface PastUser {
  /** The nickname. */
  readonly nick: string;
  /** The folded nickname. */
  readonly key: string;
  /** The user name. */
  readonly user: string;
  /** The host. */
  readonly host: string;
  /** The real name. */
  readonly realname: string;
  /** When it was given up, in milliseconds since 1970. */
  readonly leftAt: number;
}

/** The latest past users. */
export class Whowas {
  readonly #users: PastUser[] = [];

  /** Remembers a user, and forgets the oldest beyond `capacity`. */
  add(user: PastUser, capacity: number): void {
    this.#users.push(user);
    // One at a time, except after a rehash that lowered the capacity.
    while (this.#users.length > capacity) this.#users.shift();
  }

  /** Everyone who is remembered, the latest first. */
  newestFirst(): readonly PastUser[] {
    return this.#users.toReversed();
  }
}
