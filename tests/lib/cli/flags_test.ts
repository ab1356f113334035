import { assertEquals, assertThrows } from "@std/assert";
import { EXIT, UsageError } from "../../../lib/cli/exit.ts";
import {
  type FlagTable,
  NO_POSITIONALS,
  parseCommandLine,
  type PositionalRange,
} from "../../../lib/cli/flags.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const TABLE = {
  host: { kind: "text", value: "ADDRESS", default: "127.0.0.1", help: "where" },
  ca: { kind: "text", value: "FILE", help: "whom to trust" },
  port: { kind: "integer", value: "PORT", min: 0, max: 65_535, default: 7, help: "port" },
  count: {
    kind: "integer",
    value: "MESSAGES",
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    help: "how many",
  },
  grace: { kind: "number", value: "SECONDS", min: 0.5, max: 60, default: 5, help: "how long" },
  log: { kind: "choice", choices: ["text", "json"], default: "text", help: "form" },
  quiet: { kind: "switch", help: "say nothing" },
} as const satisfies FlagTable;

const DEFAULTS = {
  host: "127.0.0.1",
  ca: undefined,
  port: 7,
  count: undefined,
  grace: 5,
  log: "text",
  quiet: false,
} as const;

const ONE_TEXT: PositionalRange = { names: "[TEXT]", min: 0, max: 1 };
const ONE_FILE: PositionalRange = { names: "FILE", min: 1, max: 1 };

Deno.test("parseCommandLine takes values, defaults and positionals", PURE, () => {
  const cases: [string[], Record<string, unknown>, string[]][] = [
    [[], {}, []],
    [["--host", "::1", "--port", "0"], { host: "::1", port: 0 }, []],
    [["--host=[::1]", "--port=65535"], { host: "[::1]", port: 65_535 }, []],
    [["--ca", "a=b.pem"], { ca: "a=b.pem" }, []],
    [["--count", "9007199254740991"], { count: Number.MAX_SAFE_INTEGER }, []],
    [["--grace", "0.5"], { grace: 0.5 }, []],
    [["--grace=.5"], { grace: 0.5 }, []],
    [["--grace", "60."], { grace: 60 }, []],
    [["--log", "json", "--quiet"], { log: "json", quiet: true }, []],
    [["Wake up, Neo", "--quiet"], { quiet: true }, ["Wake up, Neo"]],
    [["--quiet", "Wake up, Neo"], { quiet: true }, ["Wake up, Neo"]],
    [["-"], {}, ["-"]],
    [["12"], {}, ["12"]],
    [["007"], {}, ["007"]],
    [["--port", "9", "--", "--quiet"], { port: 9 }, ["--quiet"]],
    [["--", "--port"], {}, ["--port"]],
    [["--", "--quiet=no"], {}, ["--quiet=no"]],
    // The last one counts, as everywhere.
    [["--port", "1", "--port", "2"], { port: 2 }, []],
  ];
  for (const [args, given, positionals] of cases) {
    const line = parseCommandLine(TABLE, ONE_TEXT, args);
    const label = args.join(" ");
    assertEquals<unknown>(line.flags, { ...DEFAULTS, ...given }, label);
    assertEquals(line.positionals, positionals, label);
  }
});

function assertUsage(args: string[], range: PositionalRange, message: string): void {
  const parse = (): unknown => parseCommandLine(TABLE, range, args);
  const error = assertThrows(parse, UsageError, "", args.join(" "));
  assertEquals([error.message, error.exitCode], [message, EXIT.usage], args.join(" "));
}

Deno.test("parseCommandLine names an unknown flag, and the one that was meant", PURE, () => {
  const cases = [
    ["--prot", 'Unknown option "--prot": did you mean --port?'],
    ["--prot=7", 'Unknown option "--prot": did you mean --port?'],
    ["-port", 'Unknown option "-port": did you mean --port?'],
    ["--quit", 'Unknown option "--quit": did you mean --quiet?'],
    ["--Quiet", 'Unknown option "--Quiet": did you mean --quiet?'],
    ["--conut", 'Unknown option "--conut": did you mean --count?'],
    ["--frobnicate", 'Unknown option "--frobnicate": --help lists the known ones'],
    ["--frobnicate=1", 'Unknown option "--frobnicate": --help lists the known ones'],
    ["--no-quiet", 'Unknown option "--no-quiet": did you mean --quiet?'],
    ["-x", 'Unknown option "-x": --help lists the known ones'],
    ["--__proto__", 'Unknown option "--__proto__": --help lists the known ones'],
    ["--constructor", 'Unknown option "--constructor": --help lists the known ones'],
    ["--host.name=x", 'Unknown option "--host.name": --help lists the known ones'],
  ] as const;
  for (const [arg, message] of cases) assertUsage([arg], NO_POSITIONALS, message);
});

Deno.test("parseCommandLine names a flag without its value", PURE, () => {
  const cases = [
    [["--port"], "Option --port needs a value: PORT"],
    [["--port="], "Option --port needs a value: PORT"],
    [["--port", ""], "Option --port needs a value: PORT"],
    [["--port", "--quiet"], "Option --port needs a value: PORT"],
    [["--host"], "Option --host needs a value: ADDRESS"],
    [["--host="], "Option --host needs a value: ADDRESS"],
    [["--grace", "--port", "7"], "Option --grace needs a value: SECONDS"],
    [["--log"], "Option --log needs a value: text or json"],
    [["--log="], "Option --log needs a value: text or json"],
  ] as const;
  for (const [args, message] of cases) assertUsage([...args], NO_POSITIONALS, message);
});

Deno.test("parseCommandLine says which number it wants", PURE, () => {
  const port = "expected a whole number from 0 to 65535";
  const count = "expected a whole number of at least 1";
  const grace = "expected a number from 0.5 to 60";
  const cases = [
    ["port", "seven", port],
    ["port", "-1", port],
    ["port", "65536", port],
    ["port", "7.5", port],
    ["port", "7e3", port],
    ["port", "0x10", port],
    ["port", " 7", port],
    ["port", "+7", port],
    ["port", "99999999999999999999", port],
    ["port", "NaN", port],
    ["port", "٧", port],
    ["count", "0", count],
    ["count", "9007199254740993", count],
    ["count", "Infinity", count],
    ["grace", "0.4", grace],
    ["grace", "60.1", grace],
    ["grace", "-5", grace],
    ["grace", ".", grace],
    ["grace", "5s", grace],
    ["grace", "1,5", grace],
    ["grace", "Infinity", grace],
  ] as const;
  for (const [name, value, wanted] of cases) {
    assertUsage(
      [`--${name}=${value}`],
      NO_POSITIONALS,
      `Option --${name} got "${value}": ${wanted}`,
    );
  }
});

Deno.test("parseCommandLine says which words it wants", PURE, () => {
  for (const value of ["xml", "JSON", "text,json", "toString"]) {
    const message = `Option --log got "${value}": expected text or json`;
    assertUsage(["--log", value], NO_POSITIONALS, message);
  }
});

Deno.test("parseCommandLine takes no value for a switch", PURE, () => {
  for (const value of ["true", "false", "1", ""]) {
    assertUsage(
      [`--quiet=${value}`],
      NO_POSITIONALS,
      `Option --quiet takes no value, got "${value}"`,
    );
  }
});

Deno.test("parseCommandLine leaves the word behind a switch alone", PURE, () => {
  for (const word of ["true", "false"]) {
    const line = parseCommandLine(TABLE, ONE_TEXT, ["--quiet", word]);
    assertEquals([line.flags.quiet, line.positionals], [true, [word]]);
  }
});

Deno.test("parseCommandLine counts the positional arguments", PURE, () => {
  const cases: [string[], PositionalRange, string][] = [
    [["stray"], NO_POSITIONALS, 'Unexpected argument "stray": there are only options here'],
    [
      ["--quiet", "stray"],
      NO_POSITIONALS,
      'Unexpected argument "stray": there are only options here',
    ],
    [["--", "-x"], NO_POSITIONALS, 'Unexpected argument "-x": there are only options here'],
    [["one", "two"], ONE_TEXT, 'Unexpected argument "two": expected [TEXT]'],
    [["one", "2"], ONE_TEXT, 'Unexpected argument "2": expected [TEXT]'],
    [["one", "--", "--two"], ONE_TEXT, 'Unexpected argument "--two": expected [TEXT]'],
    [[], ONE_FILE, "Missing argument: expected FILE"],
  ];
  for (const [args, range, message] of cases) assertUsage(args, range, message);
});

Deno.test("parseCommandLine refuses flags of which one would be ignored", PURE, () => {
  const table = {
    ...TABLE,
    unix: { kind: "text", value: "PATH", insteadOf: ["host", "port"], help: "which file" },
    prune: { kind: "switch", help: "tidy" },
    age: { kind: "number", value: "DAYS", min: 0, max: 9, default: 7, needs: "prune", help: "how" },
    loud: { kind: "switch", insteadOf: ["quiet"], help: "say more" },
  } as const satisfies FlagTable;
  const cases = [
    [["--unix", "x", "--port", "7"], "Option --unix cannot go with --port"],
    [["--host", "127.0.0.1", "--unix=x"], "Option --unix cannot go with --host"],
    [["--age", "7"], "Option --age needs --prune as well"],
    [["--quiet", "--loud"], "Option --loud cannot go with --quiet"],
  ] as const;
  for (const [args, message] of cases) {
    const parse = (): unknown => parseCommandLine(table, NO_POSITIONALS, args);
    assertEquals(assertThrows(parse, UsageError).message, message);
  }
  for (const args of [["--unix", "x"], ["--port", "7"], ["--age", "3", "--prune"], ["--loud"]]) {
    parseCommandLine(table, NO_POSITIONALS, args);
  }
});
