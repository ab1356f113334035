/**
 * What the README says about the chat server is what the code does.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { CAPABILITIES } from "../../lib/chat/capabilities.ts";
import { holdsPlainPassword, readSettings } from "../../lib/chat/settings.ts";
import { LIMITS } from "../../lib/chat/settings_limits.ts";
import { SchemaError } from "../../lib/codec/schema.ts";
import { readProjectFile } from "../support/project.ts";
import { README, rowsBelow } from "../support/readme.ts";

const QUICK = { timeout: 20_000 } as const;

const number = (text: string): number => Number(text.replaceAll(",", ""));

Deno.test("the README's example configuration is the file, has every key, and loads", QUICK, () => {
  const [, example = ""] = /^```json\n([\s\S]*?)^```$/m.exec(README.split("\n## Chat\n")[1]!) ?? [];
  assertEquals(example, readProjectFile("tests/vectors/chat.json"));
  const value = JSON.parse(example);
  const { chat, traffic, listeners } = readSettings(value);
  assertEquals(holdsPlainPassword(readSettings(value)), false);
  assertEquals([chat.name, traffic.connectionsPerHost, listeners.length], [
    "irc.example.org",
    5,
    3,
  ]);
  const unknown = assertThrows(() => readSettings({ unknown: 1 }), SchemaError);
  const known = unknown.message.replace(/^.* known here are /, "").split(", ");
  assertEquals(Object.keys(value).sort(), known.sort());
});

Deno.test("the README lists every key of the configuration", QUICK, () => {
  const unknown = assertThrows(() => readSettings({ unknown: 1 }), SchemaError);
  const known = unknown.message.replace(/^.* known here are /, "").split(", ");
  const listed = rowsBelow("### The configuration of a chat server").map(([key = ""]) => key);
  for (const key of known) assert(listed.includes(`\`${key}\``), key);
  const place = assertThrows(() => readSettings({ listeners: [{ unknown: 1 }] }), SchemaError);
  for (const key of place.message.replace(/^.* known here are /, "").split(", ")) {
    assert(listed.includes(`… \`${key}\``), key);
  }
});

Deno.test("the README's limits are those of the code: defaults and bounds", QUICK, () => {
  const defaults = new Map(Object.entries(LIMITS({}, "limits")));
  const rows = rowsBelow("### The configuration of a chat server").filter(([, , range = ""]) => {
    return /^[\d,]+ - [\d,]+$/.test(range);
  });
  assertEquals(
    rows.map(([key]) => key).sort(),
    [...defaults.keys()].map((key) => `\`${key}\``).sort(),
  );
  for (const [name = "", fallback = "", range = ""] of rows) {
    const key = name.replaceAll("`", "");
    assertEquals(number(fallback), defaults.get(key), key);
    const [min = 0, max = 0] = range.split(" - ").map(number);
    for (const value of [min, max]) LIMITS({ [key]: value }, "limits");
    for (const value of [min - 1, max + 1]) {
      assertThrows(() => LIMITS({ [key]: value }, "limits"), SchemaError, `limits.${key}`);
    }
  }
});

Deno.test("the README lists the capabilities that are advertised", QUICK, () => {
  const listed = rowsBelow("### IRCv3").map(([name = ""]) => name.replaceAll("`", ""));
  assertEquals(listed, [...CAPABILITIES.keys()]);
});
