import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { formatScryptHash, parseScryptHash } from "../../../lib/codec/scrypt_hash.ts";
import { hashPassword, PasswordChecker } from "../../../lib/net/password.ts";

const PURE = { permissions: "none", timeout: 30_000 } as const;

/** RFC 7914 section 12, third vector, shortened to what scrypt gives for 32 bytes. */
const RFC_HASH = formatScryptHash({
  logCost: 10,
  blockSize: 8,
  parallel: 16,
  salt: new TextEncoder().encode("NaCl"),
  hash: Uint8Array.fromHex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"),
});

Deno.test("a hash is new each time, fits its password and no other", PURE, async () => {
  const passwords = new PasswordChecker();
  const [one, other] = await Promise.all([hashPassword("tränen"), hashPassword("tränen")]);
  assertMatch(one, /^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/);
  assertNotEquals(one, other);
  assert(parseScryptHash(one) !== null);
  // The same word as another keyboard writes it: a letter and a combining diaeresis.
  const checks = ["tränen", "tra\u0308nen", "tranen", "", "tränen "];
  const results = await Promise.all(checks.map((given) => passwords.check(given, one)));
  assertEquals(results, [true, true, false, false, false]);
});

Deno.test("a hash made elsewhere is understood", PURE, async () => {
  const passwords = new PasswordChecker();
  assertEquals(await passwords.check("password", RFC_HASH), true);
  assertEquals(await passwords.check("Password", RFC_HASH), false);
});

Deno.test(
  "a plain secret is the password itself; where there is none, nobody gets in",
  PURE,
  async () => {
    const passwords = new PasswordChecker();
    assertEquals(await passwords.check("geheim", "geheim"), true);
    for (const given of ["", "Geheim", "geheim ", "geheimer"]) {
      assertEquals(await passwords.check(given, "geheim"), false, given);
    }
    assertEquals(await passwords.check("", null), false);
    assertEquals(await passwords.check("x", "$scrypt$damaged"), false);
  },
);

Deno.test("attack 29: an unknown name takes as long as a wrong password", PURE, async () => {
  const passwords = new PasswordChecker();
  const hash = await hashPassword("right");
  const time = async (secret: string | null): Promise<number> => {
    const times: number[] = [];
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      await passwords.check("wrong", secret);
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  };
  const wrong = await time(hash);
  for (const secret of [null, "plain"]) {
    const other = await time(secret);
    // The same work, measured on a machine that may be busy: far from the thousandth that a shortcut takes.
    assert(other > wrong / 5, `${secret}: ${other} ms against ${wrong} ms`);
  }
});

Deno.test("who is gone when its turn comes costs nothing, and keeps nobody", PURE, async () => {
  const passwords = new PasswordChecker();
  const hash = await hashPassword("right");
  let here = true;
  const first = passwords.check("right", hash);
  // Wrong, or it would be known after the first one.
  const gone = Array.from({ length: 1_000 }, () => passwords.check("wrong", hash, () => here));
  const last = passwords.check("right", hash);
  here = false;
  assertEquals(await first, true);
  assertEquals((await Promise.all(gone)).some(Boolean), false);
  assertEquals(await last, true);
});

Deno.test("a password that was right is known from then on, and no other", PURE, async () => {
  const passwords = new PasswordChecker();
  const hash = await hashPassword("right");
  const start = performance.now();
  const herd = Array.from({ length: 1_000 }, () => passwords.check("right", hash));
  assertEquals((await Promise.all(herd)).every(Boolean), true);
  // A thousand checks in earnest would take minutes.
  assertLess(performance.now() - start, 10_000);
  assertEquals(await passwords.check("wrong", hash), false);
  assertEquals(await passwords.check("right", await hashPassword("other")), false);
});
