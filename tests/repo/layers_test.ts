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
/** What pure code cannot mention: the system, time, the console, and waiting. */
const IMPURE = /\b(Deno\.|set(Timeout|Interval|Immediate)\b|console\.|Promise\b|async |await )/;

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

/** Source without comments and string literals, where words mean nothing. */
function bareCode(path: string): string {
  return readProjectFile(path)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "")
    .replace(/"(\\.|[^"\\\n])*"/g, '""')
    .replace(/`(\\.|[^`\\])*`/g, "``");
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

Deno.test("pure folders touch neither system nor time", { timeout: 20_000 }, () => {
  const offences = CODE.filter((path) => PURE.some((folder) => path.startsWith(folder)))
    .flatMap((path) => {
      const match = IMPURE.exec(bareCode(path));
      return match === null ? [] : [`${path}: ${match[0]}`];
    });
  assertEquals(offences, []);
});

Deno.test("nothing in lib writes to the console", { timeout: 20_000 }, () => {
  const offences = CODE.filter((path) =>
    path.startsWith("lib/") && /\bconsole\./.test(bareCode(path))
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
