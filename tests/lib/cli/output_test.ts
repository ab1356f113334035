import { assertEquals, assertThrows } from "@std/assert";
import { printNote, printPrompt, printResult } from "../../../lib/cli/output.ts";
import { CaughtOutput } from "../../support/output.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("printResult goes to standard output, all else to standard error", PURE, () => {
  using output = new CaughtOutput();
  printResult("result ✓");
  printNote("note");
  printPrompt("> ");
  assertEquals([output.stdout, output.stderr], ["result ✓\n", "note\n> "]);
});

Deno.test("printResult loses nothing where the stream takes a part or is full", PURE, () => {
  using _output = new CaughtOutput();
  let written = "";
  let call = 0;
  Deno.stdout.writeSync = (bytes) => {
    if (++call % 3 === 0) throw new Deno.errors.WouldBlock("full");
    written += new TextDecoder().decode(bytes.subarray(0, 2));
    return Math.min(bytes.length, 2);
  };
  printResult("Hello, world");
  assertEquals(written, "Hello, world\n");
});

Deno.test("printResult is silent where nobody reads any more, and passes on the rest", PURE, () => {
  using _output = new CaughtOutput();
  Deno.stdout.writeSync = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  printResult("nobody hears this");
  Deno.stdout.writeSync = () => {
    throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  };
  assertThrows(() => printResult("lost"), Error, "No space left");
});
