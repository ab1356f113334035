import { assert, assertEquals } from "@std/assert";
import { filesBelow, readProjectFile, ROOT } from "../support/project.ts";

/** Who may import what: the folders of `lib/` on the right, and the three packages by name. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "lib/codec": ["lib/codec"],
  "lib/chat": ["lib/chat", "lib/codec"],
  "lib/net": ["lib/net", "lib/codec"],
  "lib/file": ["lib/file", "lib/net", "lib/codec"],
  "lib/irc": ["lib/irc", "lib/chat", "lib/net", "lib/codec"],
  "lib/irc_client": ["lib/irc_client", "lib/codec"],
  "lib/chat_client": ["lib/chat_client", "lib/irc_client", "lib/net", "lib/codec"],
  "lib/echo": ["lib/echo", "lib/net", "lib/codec"],
  "lib/http": ["lib/http", "lib/net", "lib/codec"],
  "lib/meter": ["lib/meter", "lib/net", "lib/codec"],
  "lib/cli": [
    "lib/cli",
    "lib/chat",
    "lib/file",
    "lib/irc_client",
    "lib/net",
    "lib/codec",
    "@std/cli",
    "@std/streams",
    "deno.json",
  ],
  "lib/std": ["lib/std"],
  "servers": ["lib/", "@std/streams"],
  "clients": ["lib/", "@std/streams"],
};

const PURE = ["lib/codec/", "lib/chat/", "lib/irc_client/"];
/** What pure code cannot mention: the system, the clock, chance, the console, and waiting. */
const IMPURE = new RegExp(
  [
    /\b(Deno|console|globalThis|navigator|crypto|performance|localStorage|fetch|Worker)\b/,
    /\b(Promise|async|await|queueMicrotask|set(Timeout|Interval|Immediate))\b/,
    // With an argument a Date is arithmetic, without one it is the clock.
    /\b(Date\.now|Date\(\)|new Date(?!\()|Math\.random|Temporal\.Now|import\()/,
  ].map(({ source }) => source).join("|"),
);
/** Of the runtime's modules, the functions that only turn bytes into values. */
const PURE_BUILT_INS = ["node:buffer Buffer", "node:buffer isUtf8", "node:zlib crc32"];

const CODE = ["servers", "clients", "lib"].flatMap(filesBelow).filter((p) => p.endsWith(".ts"));

/** A module's imports, as paths from the root or as package names. */
function importsOf(path: string): string[] {
  // Examples in comments may import what the code may not.
  const code = readProjectFile(path).replace(/\/\*[\s\S]*?\*\//g, "");
  return [...code.matchAll(/^(?:import|export)[^"']*?from\s+"([^"]+)"/gm)]
    .map(([, specifier]) => {
      if (!specifier!.startsWith(".")) return specifier!;
      return new URL(specifier!, new URL(path, ROOT)).href.slice(ROOT.href.length);
    });
}

/** Source without comments, string literals and the text of templates, where words mean nothing. */
function bareCode(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/"(\\.|[^"\\\n])*"/g, '""')
    .replace(/`(\\.|[^`\\])*`/g, (template) => (template.match(/\$\{[^}]*/g) ?? []).join(" "));
}

/** What a source takes of the runtime's own modules: `node:buffer Buffer`. */
function builtInsOf(source: string): string[] {
  const imports = source.matchAll(/^import\s+([^"]*?)\s+from\s+"(node:[^"]+)"/gm);
  return [...imports].flatMap(([, names = "", module]) => {
    return names.replace(/[{}]/g, "").split(",").map((name) => name.trim()).filter(Boolean)
      .map((name) => `${module} ${name.replace(/^type /, "")}`);
  });
}

/** What makes a source impure, if anything does. */
function impurities(source: string): string[] {
  const mentioned = IMPURE.exec(bareCode(source));
  const imported = builtInsOf(source).filter((name) => !PURE_BUILT_INS.includes(name));
  return mentioned === null ? imported : [mentioned[0], ...imported];
}

Deno.test("imports follow the arrows between the folders", { timeout: 20_000 }, () => {
  const offences: string[] = [];
  for (const path of CODE) {
    const layer = Object.keys(ARROWS).find((folder) => path.startsWith(`${folder}/`));
    assert(layer !== undefined, `${path} lies in a folder that has no arrows`);
    for (const target of importsOf(path)) {
      const allowed = target.startsWith("node:") ||
        ARROWS[layer]!.some((to) => target === to || target.startsWith(to.replace(/\/?$/, "/")));
      if (!allowed) offences.push(`${path} imports ${target}`);
    }
  }
  assertEquals(offences, []);
});

Deno.test("the command line parser is imported in one module", { timeout: 20_000 }, () => {
  const importers = CODE.filter((path) => {
    return importsOf(path).includes("@std/cli/parse-args");
  });
  assertEquals(importers, ["lib/cli/flags.ts"]);
});

Deno.test("pure folders touch neither system nor clock nor chance", { timeout: 20_000 }, () => {
  const offences = CODE.filter((path) => PURE.some((folder) => path.startsWith(folder)))
    .flatMap((path) => impurities(readProjectFile(path)).map((what) => `${path}: ${what}`));
  assertEquals(offences, []);
});

Deno.test("what is not pure is found, and what is pure passes", { timeout: 20_000 }, () => {
  const cases: [source: string, found: string[]][] = [
    ["const now = Date.now();", ["Date.now"]],
    ["const id = `run-${Math.random()}`;", ["Math.random"]],
    ["return new Date().toISOString();", ["Date()"]],
    ["const noise = crypto.getRandomValues(room);", ["crypto"]],
    ["export async function wait() {}", ["async"]],
    ["const late = performance.now() > end;", ["performance"]],
    ['import { connect } from "node:net";', ["node:net connect"]],
    ['import {\n  Buffer,\n  type Blob,\n} from "node:buffer";', ["node:buffer Blob"]],
    ['import * as zlib from "node:zlib";', ["node:zlib * as zlib"]],
    ["// await\nconst says = `Deno.open, ${new Date(time).getDay()}`;", []],
    ['import { crc32 } from "node:zlib";\nconst text = "Promise";', []],
  ];
  for (const [source, found] of cases) assertEquals(impurities(source), found, source);
});

Deno.test("nothing in lib writes to the console", { timeout: 20_000 }, () => {
  const offences = CODE.filter((path) =>
    path.startsWith("lib/") && /\bconsole\./.test(bareCode(readProjectFile(path)))
  );
  assertEquals(offences, []);
});

Deno.test(
  "no npm package at run time: not in deno.json, not in a lock",
  { timeout: 20_000 },
  () => {
    const files = [...Deno.readDirSync(ROOT)].map((entry) => entry.name);
    const root = ["deno.json", ...files.filter((name) => name === "deno.lock")];
    for (const file of root) {
      assert(
        !readProjectFile(file).includes("npm:"),
        `${file} names an npm package`,
      );
    }
    assertEquals(CODE.flatMap((path) => importsOf(path).filter((to) => to.startsWith("npm:"))), []);
  },
);

Deno.test("the top level holds what it should and no more", { timeout: 20_000 }, () => {
  const visible = [...Deno.readDirSync(ROOT)].map((entry) => entry.name)
    .filter((name) => !name.startsWith(".") && !["dist", "coverage", "shared"].includes(name));
  assertEquals(visible.sort(), ["README.md", "clients", "deno.json", "lib", "servers", "tests"]);
});
