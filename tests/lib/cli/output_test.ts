import { assertEquals, assertThrows } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import {
  printNote,
  printPrompt,
  printResult,
  printServed,
  printText,
} from "../../../lib/cli/output.ts";
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

Deno.test("printResult leaves where nobody reads any more, printServed goes on", PURE, () => {
  using _output = new CaughtOutput();
  const { exit } = Deno;
  Deno.stdout.writeSync = () => {
    throw new Deno.errors.BrokenPipe("gone");
  };
  Deno.exit = (code) => {
    throw new Error(`exit ${code}`);
  };
  try {
    printServed("nobody hears this");
    assertThrows(() => printResult("nor this"), Error, "exit 141");
    assertThrows(() => printText("nor this"), Error, "exit 141");
  } finally {
    Deno.exit = exit;
  }
});

Deno.test("what cannot be written is a failure on standard output only", PURE, () => {
  using _output = new CaughtOutput();
  Deno.stdout.writeSync = Deno.stderr.writeSync = () => {
    throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  };
  const reason = "Cannot write standard output: no space left on the device";
  for (const print of [printResult, printServed, printText]) {
    assertThrows(() => print("lost"), CommandError, reason);
  }
  printNote("nobody hears this");
  printPrompt("nor this");
});
