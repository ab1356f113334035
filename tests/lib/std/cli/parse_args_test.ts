import { assertEquals } from "@std/assert";
import { parseArgs, type ParseOptions } from "@std/cli/parse-args";

const PURE = { permissions: "none", timeout: 5_000 } as const;

interface Case {
  readonly name: string;
  /** The command line, words between blanks; a list where a word is empty or has blanks. */
  readonly args: string | string[];
  readonly options?: ParseOptions;
  readonly expected: Record<string, unknown>;
}

const WITHOUT_OPTIONS: readonly Case[] = [
  { name: "nothing", args: [], expected: { _: [] } },
  { name: "arguments", args: "a b", expected: { _: ["a", "b"] } },
  { name: "numbers", args: "7 0x1F 1e3 -- 8", expected: { _: [7, 31, 1_000, "8"] } },
  { name: "no numbers", args: ["7f", "", " "], expected: { _: ["7f", "", " "] } },
  { name: "a switch", args: "--quiet", expected: { quiet: true, _: [] } },
  { name: "a value", args: "--host ::1", expected: { host: "::1", _: [] } },
  { name: "a value behind =", args: "--host=a=b", expected: { host: "a=b", _: [] } },
  { name: "a numeric value", args: "--port 65432", expected: { port: 65_432, _: [] } },
  { name: "a negative number behind =", args: "--from=-5", expected: { from: -5, _: [] } },
  { name: "a dash is no long value", args: "--file -", expected: { file: true, _: ["-"] } },
  { name: "two switches", args: "--a --b", expected: { a: true, b: true, _: [] } },
  { name: "the last value counts", args: "--n 1 --n 2", expected: { n: 2, _: [] } },
  { name: "no- is part of the name", args: "--no-log", expected: { "no-log": true, _: [] } },
  { name: "letters", args: "-abc", expected: { a: true, b: true, c: true, _: [] } },
  { name: "a letter's value", args: "-p 7", expected: { p: 7, _: [] } },
  { name: "the last letter's value", args: "-vp 7 x", expected: { v: true, p: 7, _: ["x"] } },
  { name: "a number behind a letter", args: "-n12", expected: { n: 12, _: [] } },
  { name: "a path behind a letter", args: "-I/a/b", expected: { I: "/a/b", _: [] } },
  { name: "= behind a letter", args: "-p=7", expected: { p: 7, _: [] } },
  { name: "a dash as a letter's value", args: "-f -", expected: { f: "-", _: [] } },
  { name: "a dash behind a letter", args: "-f-", expected: { f: "-", _: [] } },
  { name: "a lone dash", args: "-", expected: { _: ["-"] } },
  { name: "-- ends the options", args: "-a -- --b 7", expected: { a: true, _: ["--b", "7"] } },
  { name: "dots", args: "--a.b 1 --a.c.d", expected: { a: { b: 1, c: { d: true } }, _: [] } },
  { name: "names of Object", args: "--toString x", expected: { toString: "x", _: [] } },
  { name: "line ends", args: ["--say=a\nb"], expected: { say: "a\nb", _: [] } },
];

const WITH_OPTIONS: readonly Case[] = [
  {
    name: "strings stay text",
    args: "--port 007 --name --host=::1",
    options: { string: ["port", "name", "host"] },
    expected: { port: "007", name: "", host: "::1", _: [] },
  },
  {
    name: "one string, absent",
    args: "7",
    options: { string: "port" },
    expected: { _: [7] },
  },
  {
    name: "arguments stay text",
    args: "7 0x1F",
    options: { string: "_" },
    expected: { _: ["7", "0x1F"] },
  },
  {
    name: "booleans take no value",
    args: "--quiet 7 -v x",
    options: { boolean: ["quiet", "v", "json"] },
    expected: { quiet: true, v: true, json: false, _: [7, "x"] },
  },
  {
    name: "booleans take true and false",
    args: "--a false --b=false -c true --d=no",
    options: { boolean: ["a", "b", "c", "d"] },
    expected: { a: false, b: false, c: true, d: true, _: [] },
  },
  {
    name: "every long name a boolean",
    args: "--a x --b=y -c z",
    options: { boolean: true },
    expected: { a: true, b: "y", c: "z", _: ["x"] },
  },
  {
    name: "defaults",
    args: "--a 1",
    options: { default: { a: 5, b: "x", "c.d": 6 } },
    expected: { a: 1, b: "x", c: { d: 6 }, _: [] },
  },
  {
    name: "a boolean's default",
    args: "--seen",
    options: { boolean: ["seen", "kept", "none"], default: { kept: true, none: null } },
    expected: { seen: true, kept: true, none: null, _: [] },
  },
  {
    name: "aliases",
    args: "-p 7 --silent",
    options: { alias: { port: "p", quiet: ["q", "silent"] }, string: "port", boolean: "quiet" },
    expected: { port: "7", p: "7", quiet: true, q: true, silent: true, _: [] },
  },
  {
    name: "defaults of aliases",
    args: "",
    options: { alias: { port: "p", help: "h" }, boolean: "help", default: { port: 7 } },
    expected: { port: 7, p: 7, help: false, h: false, _: [] },
  },
  {
    name: "collected values",
    args: "--peer a --peer=7 -p c",
    options: { string: ["peer"], collect: ["peer", "cert"], alias: { peer: "p" } },
    expected: { peer: ["a", "7", "c"], p: ["a", "7", "c"], _: [] },
  },
  {
    name: "nothing collected",
    args: "",
    options: { string: ["peer"], boolean: ["v"], collect: ["peer", "v"] },
    expected: { peer: [], v: [], _: [] },
  },
  {
    name: "a collected default",
    args: "",
    options: { string: ["peer"], collect: ["peer"], default: { peer: ["a"] } },
    expected: { peer: ["a"], _: [] },
  },
  {
    name: "negation",
    args: "--no-color --no-other",
    options: { boolean: ["color"], negatable: ["color"], default: { color: true } },
    expected: { color: false, "no-other": true, _: [] },
  },
  {
    name: "the last of a switch and its negation",
    args: "--no-a --a --b --no-b",
    options: { boolean: ["a", "b"], negatable: ["a", "b"] },
    expected: { a: true, b: false, _: [] },
  },
  {
    name: "negation of a text, under its alias too",
    args: "--log x --no-log",
    options: { string: "log", negatable: "log", alias: { log: "l" } },
    expected: { log: false, l: false, _: [] },
  },
  {
    name: "stop at the first argument",
    args: "--a x y --b 7",
    options: { stopEarly: true },
    expected: { a: "x", _: ["y", "--b", "7"] },
  },
  {
    name: "-- apart",
    args: "--name John before -- after --x 7",
    options: { "--": true },
    expected: { name: "John", _: ["before"], "--": ["after", "--x", "7"] },
  },
  {
    name: "-- apart, absent",
    args: "a",
    options: { "--": true },
    expected: { _: ["a"], "--": [] },
  },
];

for (const { name, args, options, expected } of [...WITHOUT_OPTIONS, ...WITH_OPTIONS]) {
  Deno.test(`parseArgs reads ${name}`, PURE, () => {
    const words = typeof args === "string" ? args.split(" ").filter((word) => word) : args;
    assertEquals<unknown>(parseArgs(words, options), expected);
  });
}

Deno.test("parseArgs asks about what no option covers, and leaves it out if told so", PURE, () => {
  const asked: unknown[][] = [];
  const flags = parseArgs(
    ["--port", "7", "-q", "--colour", "red", "-x=1", "stray", "--", "kept"],
    {
      string: ["port"],
      boolean: ["quiet"],
      alias: { quiet: "q" },
      unknown: (...found) => {
        asked.push(found);
        return false;
      },
    },
  );
  assertEquals<unknown>(flags, { port: "7", quiet: true, q: true, _: ["kept"] });
  assertEquals(asked, [["--colour", "colour", "red"], ["-x=1", "x", "1"], ["stray"]]);
});

Deno.test("parseArgs keeps what the callback does not refuse", PURE, () => {
  const flags = parseArgs(["--n", "7", "8"], { unknown: () => undefined });
  assertEquals<unknown>(flags, { n: 7, _: [8] });
});

Deno.test("parseArgs leaves prototypes alone", PURE, () => {
  for (const name of ["__proto__.hit", "constructor.prototype.hit", "a.__proto__.hit"]) {
    parseArgs([`--${name}`, "1"]);
    assertEquals(Reflect.get({}, "hit"), undefined, name);
  }
});

Deno.test("parseArgs does not change the arguments", PURE, () => {
  const args = ["-a", "x", "--", "y"];
  parseArgs(args, { "--": true, stopEarly: true });
  assertEquals(args, ["-a", "x", "--", "y"]);
});

Deno.test("what parseArgs returns can be used with its types", PURE, () => {
  const flags = parseArgs(["--port", "7", "file", "--", "rest"], {
    "--": true,
    string: ["port"],
    boolean: ["help"],
  });
  const positionals: Array<string | number> = flags._;
  const rest: string[] = flags["--"];
  const port: unknown = flags["port"];
  assertEquals([positionals, rest, port, flags["help"]], [["file"], ["rest"], "7", false]);
});
