import { Buffer } from "node:buffer";
import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { formatScryptHash, parseScryptHash, type ScryptHash } from "../codec/scrypt_hash.ts";

/** OWASP's advice for scrypt with 16 MiB (N = 2^14, r = 8, p = 5): about a quarter of a second. */
const COST = { logCost: 14, blockSize: 8, parallel: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** Hashes a password with a salt of its own, for a configuration file. */
export async function hashPassword(password: string): Promise<string> {
  const made = { ...COST, salt: randomBytes(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) };
  return formatScryptHash({ ...made, hash: await derive(password, made) });
}

/**
 * Checks passwords, one at a time: each check of a hash takes much memory, and nobody may make the server
 * take it many times over. One of these a server.
 */
export class PasswordChecker {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Tells whether a password is the one that `secret` stands for: a hash or, where it is no hash, the
   * password itself. Takes the same time for all wrong ones.
   *
   * @param secret `null` if there is none: the answer is no, and takes as long as with a hash.
   * @param isWanted Asked when its turn has come: whoever is gone by then costs nothing.
   */
  check(
    password: string,
    secret: string | null,
    isWanted: () => boolean = (): boolean => true,
  ): Promise<boolean> {
    const hash = secret === null ? decoy() : parseScryptHash(secret);
    if (hash === null) return Promise.resolve(equalTexts(password, secret ?? ""));
    const checking = this.#last.then(async () => {
      if (!isWanted()) return false;
      const derived = await derive(password, hash);
      return timingSafeEqual(derived, hash.hash) && secret !== null;
    });
    // Where there is no memory for a check, nobody gets in; who waits behind it has a turn all the same.
    const outcome = checking.catch(() => false);
    this.#last = outcome;
    return outcome;
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

/** Compares digests, so that neither content nor length shows in the time. */
function equalTexts(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) =>
    createHash("sha256").update(text.normalize("NFC")).digest()
  );
  return timingSafeEqual(a!, b!);
}
