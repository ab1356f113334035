import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/exit.ts";
import { type FlagTable, parseCommandLine } from "../../../lib/cli/flags.ts";
import { formatHelp } from "../../../lib/cli/help.ts";
import { nearest } from "../../../lib/cli/nearest.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const TABLE = {
  "http1.1": { kind: "switch", help: "speak a later version" },
  verbose: { kind: "switch", short: "v", help: "show more" },
  location: { kind: "switch", short: "L", help: "follow" },
  output: { kind: "text", short: "o", value: "FILE", help: "write there" },
} as const satisfies FlagTable;

const POSITIONALS = { names: "[URL]", min: 0, max: 1 };

Deno.test("options have short names, alone and together", PURE, () => {
  const plain = { "http1.1": false, verbose: false, location: false, output: undefined };
  const cases: readonly (readonly [args: string[], flags: Record<string, unknown>])[] = [
    [[], plain],
    [["-v"], { ...plain, verbose: true }],
    [["-vL", "-o", "page"], { ...plain, verbose: true, location: true, output: "page" }],
    [["--output=page", "--location"], { ...plain, location: true, output: "page" }],
    [["--http1.1"], { ...plain, "http1.1": true }],
  ];
  for (const [args, flags] of cases) {
    assertEquals(parseCommandLine(TABLE, POSITIONALS, args).flags, flags, args.join(" "));
  }
});

Deno.test("a short name is as strict as a long one", PURE, () => {
  const cases: readonly (readonly [args: string[], says: string])[] = [
    [["-x"], 'Unknown option "-x"'],
    [["-o"], "Option --output needs a value: FILE"],
    [["--http1.2"], 'Unknown option "--http1.2": did you mean --http1.1?'],
    [["--http1.1=yes"], "Option --http1.1 takes no value"],
  ];
  for (const [args, says] of cases) {
    assertThrows(() => parseCommandLine(TABLE, POSITIONALS, args), UsageError, says);
  }
});

Deno.test("--help shows short names before the long ones", PURE, () => {
  const text = { name: "x", summary: "y", positionals: POSITIONALS, examples: [] };
  const options = formatHelp(text, TABLE).split("\n").filter((line) => /^ {2}-/.test(line));
  assertEquals(options, [
    "  --http1.1          speak a later version",
    "  -v, --verbose      show more",
    "  -L, --location     follow",
    "  -o, --output FILE  write there",
  ]);
});

Deno.test("nearest counts two swapped letters as one mistake", PURE, () => {
  assertEquals(nearest("hepl", ["reply", "help"]), "help");
});

Deno.test("a name that begins with no- is a name like any other", PURE, () => {
  const table = {
    "no-sync": { kind: "switch", help: "do not wait" },
    quiet: { kind: "switch", help: "say less" },
  } as const satisfies FlagTable;
  const parse = (...args: string[]): unknown =>
    parseCommandLine(table, { names: "[FILE…]", min: 0, max: 9 }, args);
  assertEquals(parse(), { flags: { "no-sync": false, quiet: false }, positionals: [] });
  assertEquals(parse("--no-sync", "true", "--quiet"), {
    flags: { "no-sync": true, quiet: true },
    positionals: ["true"],
  });
  assertThrows(() => parse("--no-sync=yes"), UsageError, "Option --no-sync takes no value");
  assertThrows(() => parse("--sync"), UsageError, 'Unknown option "--sync"');
  assertThrows(() => parse("--no-quiet"), UsageError, 'Unknown option "--no-quiet"');
});
