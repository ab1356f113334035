import { Buffer } from "node:buffer";
import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { formatScryptHash, parseScryptHash, type ScryptHash } from "../codec/scrypt_hash.ts";

/** OWASP's advice for scrypt with 16 MiB (N = 2^14, r = 8, p = 5): about a quarter of a second. */
const COST = { logCost: 14, blockSize: 8, parallel: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes whose password is remembered: more than a configuration has. */
const MAX_KNOWN = 128;

/** Hashes a password with a salt of its own, for a configuration file. */
export async function hashPassword(password: string): Promise<string> {
  const made = { ...COST, salt: randomBytes(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) };
  return formatScryptHash({ ...made, hash: await derive(password, made) });
}

/**
 * Checks passwords, one at a time: each check of a hash takes much memory, and nobody may make the server
 * take it many times over. A password that was right once is known from then on, so that a thousand who come
 * back after a break of the network do not wait for each other, nor for those who guess. One of these a
 * server.
 */
export class PasswordChecker {
  #last: Promise<unknown> = Promise.resolve();
  /** Means nothing outside of this process, and with it what is remembered. */
  readonly #key = randomBytes(HASH_BYTES);
  readonly #known = new Map<string, Uint8Array>();

  /**
   * Tells whether a password is the one that `secret` stands for: a hash or, where it is no hash, the
   * password itself. Whatever it stands for, a wrong password takes as long as one that is checked against
   * a hash, so that nobody learns from the time which names exist.
   *
   * @param secret `null` if there is none: the answer is no.
   * @param isWanted Asked when its turn has come: whoever is gone by then costs nothing.
   */
  check(
    password: string,
    secret: string | null,
    isWanted: () => boolean = (): boolean => true,
  ): Promise<boolean> {
    const hash = secret === null ? null : parseScryptHash(secret);
    const given = this.#digest(password);
    const isPlain = secret !== null && hash === null;
    if (isPlain && timingSafeEqual(given, this.#digest(secret))) return Promise.resolve(true);
    if (this.#knows(secret, given)) return Promise.resolve(true);
    const checking = this.#last.then(async () => {
      if (!isWanted()) return false;
      // Somebody who came just before may have given the same one.
      if (this.#knows(secret, given)) return true;
      const derived = await derive(password, hash ?? decoy());
      if (secret === null || hash === null || !timingSafeEqual(derived, hash.hash)) return false;
      this.#remember(secret, given);
      return true;
    });
    // Where there is no memory for a check, nobody gets in; who waits behind it has a turn all the same.
    const outcome = checking.catch(() => false);
    this.#last = outcome;
    return outcome;
  }

  #knows(secret: string | null, given: Uint8Array): boolean {
    const known = secret === null ? undefined : this.#known.get(secret);
    return known !== undefined && timingSafeEqual(given, known);
  }

  #remember(secret: string, digest: Uint8Array): void {
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(secret, digest);
  }

  /** A digest, so that neither content nor length shows in the time of a comparison. */
  #digest(password: string): Uint8Array {
    return createHmac("sha256", this.#key).update(password.normalize("NFC")).digest();
  }
}

function derive(password: string, { salt, hash, ...cost }: ScryptHash): Promise<Uint8Array> {
  const { logCost, blockSize: r, parallel: p } = cost;
  const N = 2 ** logCost;
  // What RFC 7914 needs (128 * N * r), and a little for the rest.
  const options = { N, r, p, maxmem: 256 * N * r };
  // Equal characters in different spellings (NFC, NFD) are one password.
  const bytes = Buffer.from(password.normalize("NFC"));
  return new Promise((resolve, reject) => {
    scrypt(bytes, salt, hash.length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** What is checked against where there is nothing to check against. */
function decoy(): ScryptHash {
  return { ...COST, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) };
}
