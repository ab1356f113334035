/**
 * What the README says about file transfer is what the code does: wire format, limits, exit codes.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FILE_SERVER_FLAGS } from "../../lib/cli/file_server_flags.ts";
import { sizeText } from "../../lib/cli/sizes.ts";
import { TRANSFER_EXIT_CODES } from "../../lib/cli/transfer_exit.ts";
import { encodeFileMessage } from "../../lib/codec/file_message.ts";
import type { FileTransferMessage } from "../../lib/codec/file_messages.ts";
import { LAYOUTS, MAX_MESSAGE_BYTES } from "../../lib/codec/file_layouts.ts";
import { MAX_PART_BYTES, MAX_PATH_BYTES } from "../../lib/codec/file_names.ts";
import { OUTCOMES } from "../../lib/codec/file_outcomes.ts";
import { encodePreamble } from "../../lib/codec/file_preamble.ts";
import { DEFAULT_LIMITS } from "../../lib/file/limits.ts";
import { README, sectionBelow } from "../support/readme.ts";

const QUICK = { timeout: 20_000 } as const;
const WIRE = sectionBelow("### What is on the wire");
const DIGEST = new Uint8Array(32).fill(7);

/** One message of each kind, with flags set, and texts of three bytes. */
const MESSAGES: readonly FileTransferMessage[] = [
  { kind: "hello", role: "client", authentication: true, nonce: DIGEST, extensions: 0 },
  { kind: "proof", mac: DIGEST },
  { kind: "put", verify: true, ifExists: "refuse" },
  { kind: "get", paths: 1 },
  { kind: "want", path: "a/b" },
  { kind: "list", recursive: true, path: "a/b" },
  { kind: "manifest", items: 1, bytes: 2 },
  { kind: "entry", type: "file", mode: 0o644, mtime: 1, size: 2, path: "a/b" },
  { kind: "omitted", outcome: "missing", path: "a/b" },
  { kind: "refuse", index: 0, outcome: "quota", limit: 1 },
  { kind: "check", partial: true, final: true, index: 0, size: 1 },
  { kind: "digest", unreadable: true, index: 0, sha256: DIGEST },
  { kind: "planned" },
  { kind: "file", index: 0, offset: 1 },
  { kind: "run", length: 1 },
  { kind: "end", size: 1, sha256: DIGEST },
  { kind: "skip", index: 0, outcome: "missing" },
  { kind: "abort", outcome: "missing" },
  { kind: "done" },
  { kind: "result", index: 0, outcome: "published", storedAs: "a/b" },
  { kind: "finished" },
  { kind: "busy", phase: "checking", done: 1, total: 2 },
  { kind: "error", outcome: "stopping", limit: 0 },
];

/** Rows of the README's table: type, message, sender, flags, payload. */
function wireRows(): string[][] {
  const rows = WIRE.split("\n").filter((line) => /^\| [0-9a-f]{2} /.test(line));
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** Bytes of a payload, by the words of the table: `index 4, path text`. */
function payloadBytes(words: string): number {
  const fields = words.replace(/\(.*?\)/g, "").split(";")[0]!.split(",").map((one) => one.trim());
  return fields.filter(Boolean).reduce((sum, field) => {
    const [, size] = / (\d+|text)$/.exec(field) ?? [];
    assert(size !== undefined, `"${field}" has no length`);
    return sum + (size === "text" ? 2 + "a/b".length : Number(size));
  }, 0);
}

Deno.test("the wire table has every message, its number, its flags and its length", QUICK, () => {
  const rows = wireRows();
  assertEquals(rows.map(([, name]) => name), Object.keys(LAYOUTS));
  assertEquals(MESSAGES.map(({ kind }) => kind as string), Object.keys(LAYOUTS));
  for (const [i, [type = "", name, , flags = "", payload = ""]] of rows.entries()) {
    const frame = encodeFileMessage(MESSAGES[i]!);
    const view = new DataView(frame.buffer, frame.byteOffset);
    const bits = flags === "" ? [] : flags.split(", ").map((flag) => Number.parseInt(flag));
    assertEquals(view.getUint8(0), Number.parseInt(type, 16), name);
    assertEquals(view.getUint8(1), bits.reduce((sum, bit) => sum | 1 << bit, 0), `${name} flags`);
    assertEquals(view.getUint32(2), payloadBytes(payload), `${name} payload`);
    assertEquals(frame.length, 6 + payloadBytes(payload), `${name} frame`);
  }
});

Deno.test("the README's outcomes, preamble and longest message are the codec's", QUICK, () => {
  const [, list = ""] = /^Outcomes: ([^.]*)\./m.exec(WIRE) ?? [];
  const outcomes = list.split(/[,;]\s+/).map((one) => one.split(" "));
  assertEquals(
    Object.fromEntries(outcomes.map(([number, name]) => [name, Number(number)])),
    { ...OUTCOMES },
  );
  const [, first = "", version = ""] = /`([0-9a-f ]{20})`\s+and the version, `(\d\d)`/.exec(WIRE) ??
    [];
  const preamble = [...encodePreamble()].map((byte) => byte.toString(16).padStart(2, "0"));
  assertEquals(`${first} ${version}`, preamble.join(" "));
  assertMatch(WIRE, new RegExp(`at most ${MAX_MESSAGE_BYTES.toLocaleString("en-US")}\\b`));
});

Deno.test("the README's limits of a file transfer are the defaults", QUICK, () => {
  const section = sectionBelow("### Limits of a file transfer");
  const row = (words: string): string => {
    const found = section.split("\n").find((line) => line.includes(words));
    assert(found !== undefined, `no row with "${words}"`);
    return found.split("|")[2]!.trim();
  };
  const size = (bytes: number): string => sizeText(bytes).replace(/(?=[KMGT]iB)/, " ");
  const flags = FILE_SERVER_FLAGS;
  const { "max-connections": connections, "max-per-host": perHost } = flags;
  const cases: readonly [words: string, value: string][] = [
    ["`--max-per-host`", `${connections.default}, ${perHost.default}`],
    ["`--handshake-timeout`", `${flags["handshake-timeout"].default} s`],
    ["`--idle-timeout`", `${flags["idle-timeout"].default} s`],
    ["`--minimum-rate`", `${size(flags["minimum-rate"].default)}/s`],
    ["`--max-file-size`", size(flags["max-file-size"].default)],
    ["`--max-files`", flags["max-files"].default.toLocaleString("en-US")],
    ["`--max-job-size`", size(flags["max-job-size"].default)],
    ["`--quota`", size(flags.quota.default)],
    [
      "`lib/file/limits.ts`",
      `${DEFAULT_LIMITS.jobNames / 2 ** 20} Mi; ${
        DEFAULT_LIMITS.wantedPaths.toLocaleString("en-US")
      }`,
    ],
    ["`lib/file/manifest_share.ts`", size(DEFAULT_LIMITS.manifests)],
    [
      "`lib/codec/file_names.ts`",
      `${MAX_PATH_BYTES.toLocaleString("en-US")} bytes, ${MAX_PART_BYTES} bytes`,
    ],
    ["`lib/codec/file_layouts.ts`", `${MAX_MESSAGE_BYTES.toLocaleString("en-US")} bytes`],
  ];
  for (const [words, value] of cases) assertEquals(row(words), value, words);
  assertEquals(README.includes(`\`--grace\` seconds (${flags.grace.default})`), true);
  assertEquals(
    README.includes(`\`--staging-age\` days (${flags["staging-age"].default})`),
    true,
  );
});

Deno.test("the README explains each exit code as --help does", QUICK, () => {
  const listed = [...sectionBelow("## File transfer").matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)]
    .map(([, code, words]) => `${code} ${words!.replaceAll("`", "")}`);
  for (const line of TRANSFER_EXIT_CODES) assert(listed.includes(line), line);
});
