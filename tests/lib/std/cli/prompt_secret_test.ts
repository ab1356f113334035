import { assertEquals, assertThrows } from "@std/assert";
import { promptSecret } from "@std/cli/prompt-secret";

const PURE = { permissions: "none", timeout: 5_000 } as const;

/** What a fake terminal saw: the text shown, and each call of setRaw. */
interface Terminal extends Disposable {
  readonly shown: () => string;
  readonly rawModes: boolean[];
}

/** Puts a terminal 80 columns wide in place of standard input and output, until it is disposed. */
function terminal(typed: string, isTerminal = true): Terminal {
  const keys = new TextEncoder().encode(typed);
  const decoder = new TextDecoder();
  const rawModes: boolean[] = [];
  let shown = "";
  let next = 0;
  const restore = [
    replace(Deno.stdin, "isTerminal", () => isTerminal),
    replace(Deno.stdin, "setRaw", (mode: boolean) => void rawModes.push(mode)),
    replace(Deno.stdin, "readSync", (buffer: Uint8Array) => {
      if (next === keys.length) return null;
      buffer[0] = keys[next++]!;
      return 1;
    }),
    replace(Deno.stdout, "writeSync", (bytes: Uint8Array) => {
      shown += decoder.decode(bytes);
      return bytes.length;
    }),
    replace(Deno, "consoleSize", () => ({ columns: 80, rows: 24 })),
  ];
  return {
    shown: () => shown,
    rawModes,
    [Symbol.dispose]: () => restore.forEach((undo) => undo()),
  };
}

function replace(holder: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(holder, name);
  Object.defineProperty(holder, name, { value, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(holder, name, own);
    else Reflect.deleteProperty(holder, name);
  };
}

const CASES: ReadonlyArray<[name: string, typed: string, secret: string, shown: string]> = [
  ["ends at CR", "ab\r", "ab", "Key: \r\x1b[KKey: *\r\x1b[KKey: **\n"],
  ["ends at LF", "a\nrest", "a", "Key: \r\x1b[KKey: *\n"],
  ["ends with the input", "a", "a", "Key: \r\x1b[KKey: *\n"],
  ["takes an empty secret", "\r", "", "Key: \n"],
  ["obeys delete", "a\x7fb\r", "b", "Key: \r\x1b[KKey: *\r\x1b[KKey: \r\x1b[KKey: *\n"],
  ["obeys backspace", "a\b\r", "", "Key: \r\x1b[KKey: *\r\x1b[KKey: \n"],
];

for (const [name, typed, secret, shown] of CASES) {
  Deno.test(`promptSecret ${name}`, PURE, () => {
    using screen = terminal(typed);
    assertEquals(promptSecret("Key:"), secret);
    assertEquals(screen.shown(), shown);
    assertEquals(screen.rawModes, [true, false]);
  });
}

Deno.test("promptSecret reads UTF-8", PURE, () => {
  using _screen = terminal("größe 日本\r");
  assertEquals(promptSecret("Key:"), "größe 日本");
});

Deno.test("promptSecret shows another mask, or none", PURE, () => {
  using hash = terminal("ab\r");
  promptSecret("Key:", { mask: "#" });
  assertEquals(hash.shown(), "Key: \r\x1b[KKey: #\r\x1b[KKey: ##\n");

  using silent = terminal("ab\r");
  assertEquals(promptSecret("Key:", { mask: "" }), "ab");
  assertEquals(silent.shown(), "Key: \n");
});

Deno.test("promptSecret erases the prompt if it is to be cleared", PURE, () => {
  using screen = terminal("a\r");
  promptSecret("Key:", { clear: true });
  assertEquals(screen.shown(), "Key: \r\x1b[KKey: *\r\x1b[K");
});

Deno.test("promptSecret returns null without a terminal, and shows nothing", PURE, () => {
  using screen = terminal("ab\r", false);
  assertEquals(promptSecret("Key:"), null);
  assertEquals(screen.shown(), "");
  assertEquals(screen.rawModes, []);
});

Deno.test("promptSecret gives the terminal back when reading fails", PURE, () => {
  using screen = terminal("");
  const undo = replace(Deno.stdin, "readSync", () => {
    throw new Deno.errors.BadResource("Standard input is closed");
  });
  assertThrows(() => promptSecret("Key:"), Deno.errors.BadResource);
  undo();
  assertEquals(screen.rawModes, [true, false]);
});
