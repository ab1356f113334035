import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import { readPasswordFile, readTokenFile } from "../../../lib/cli/private_file.ts";
import { NEEDS_POSIX } from "../../support/machine.ts";
import { ScratchDirectory } from "../../support/scratch.ts";

const FILES = { timeout: 5_000 };
const LAUNCH = { script: import.meta.url, args: [], grants: {} };
const SECRET = "0123456789abcdef";

function fileWith(scratch: ScratchDirectory, content: string, mode = 0o600): string {
  const path = scratch.file("secret");
  Deno.writeTextFileSync(path, content);
  if (Deno.build.os !== "windows") Deno.chmodSync(path, mode);
  return path;
}

Deno.test("a token is the file without its line ending", FILES, () => {
  using scratch = new ScratchDirectory();
  for (const ending of ["", "\n", "\r\n"]) {
    const token = readTokenFile(fileWith(scratch, SECRET + ending), LAUNCH);
    assertEquals(new TextDecoder().decode(token), SECRET);
  }
});

Deno.test("a password is the first line", FILES, () => {
  using scratch = new ScratchDirectory();
  assertEquals(readPasswordFile(fileWith(scratch, "geheim\nmore\n"), LAUNCH), "geheim");
});

Deno.test("a token that is too short or too long is refused, and not shown", FILES, () => {
  using scratch = new ScratchDirectory();
  for (const content of ["", "short and sweet", "x".repeat(5_000)]) {
    const error = assertThrows(
      () => readTokenFile(fileWith(scratch, content), LAUNCH),
      CommandError,
    );
    assertMatch(
      error.message,
      /^Cannot use the token file ".*": expected at (least 16|most 4096) bytes/,
    );
    assertEquals(content !== "" && error.message.includes(content), false);
    assertEquals(error.exitCode, 2);
  }
});

Deno.test({
  name: `attack 30: a secret that others can read is refused${NEEDS_POSIX.reason}`,
  ...FILES,
  ignore: NEEDS_POSIX.ignore,
  fn: () => {
    using scratch = new ScratchDirectory();
    for (const mode of [0o640, 0o604, 0o644]) {
      const path = fileWith(scratch, SECRET, mode);
      for (const read of [readTokenFile, readPasswordFile]) {
        const error = assertThrows(() => read(path, LAUNCH), CommandError);
        assertMatch(error.message, /: others can read it; run: chmod 600 /);
        assertEquals(error.message.includes(SECRET), false);
      }
    }
  },
});
