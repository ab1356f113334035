import { assertEquals } from "@std/assert";
import { formatScryptHash, looksHashed, parseScryptHash } from "../../../lib/codec/scrypt_hash.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

Deno.test("a hash is written and read back", PURE, () => {
  for (const logCost of [1, 14, 17]) {
    const salt = Uint8Array.of(1, 2, 3, 255);
    const hash = { logCost, blockSize: 8, parallel: 5, salt, hash: new Uint8Array(32).fill(7) };
    const text = formatScryptHash(hash);
    assertEquals(parseScryptHash(text), hash);
    assertEquals(looksHashed(text), true);
  }
});

Deno.test("what is no hash, or costs too much to check, is refused", PURE, () => {
  const tail = "$AAECAw$AAECAwQFBgc";
  for (
    const text of [
      "",
      "geheim",
      "$scrypt$",
      `$scrypt$ln=14,r=8${tail}`,
      `$scrypt$ln=0,r=8,p=1${tail}`,
      `$scrypt$ln=18,r=8,p=1${tail}`,
      `$scrypt$ln=14,r=9,p=1${tail}`,
      `$scrypt$ln=14,r=8,p=17${tail}`,
      `$scrypt$ln=14,r=8,p=0${tail}`,
      `$scrypt$ln=1e2,r=8,p=1${tail}`,
      `$scrypt$ln=14,r=8,p=1$$AAECAwQFBgc`,
      `$scrypt$ln=14,r=8,p=1$A$AAECAwQFBgc`,
      `$scrypt$ln=14,r=8,p=1${tail}$`,
      `$scrypt$ln=14,r=8,p=1${tail}\n`,
      ` $scrypt$ln=14,r=8,p=1${tail}`,
      `$scrypt$ln=14,r=8,p=1$AAEC-_$AAECAwQFBgc`,
    ]
  ) {
    assertEquals(parseScryptHash(text), null, text);
  }
});
