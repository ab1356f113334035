/**
 * The rules for names of files, one set for every message, both directions and both sides.
 *
 * | rule | refused | because |
 * | --- | --- | --- |
 * | UTF-8, 1 to 4,095 bytes, parts of 1 to 255 bytes, at most 128 parts | `""`, `a//b` | PATH_MAX, NAME_MAX; deep trees |
 * | relative, parts divided by `/` | `/etc/x`, `a/` | leaves the root |
 * | no `.` and `..` as a part | `../x`, `./a` | leaves the root; two spellings of one name |
 * | no backslash | `a\..\x`, `\\host\x` | divides parts on Windows |
 * | no control characters, C0, DEL and C1 | line feed, NUL, ESC | logs, terminals, line protocols |
 * | no invisible characters that reorder or hide | U+202E, U+200B, U+FEFF | a name that looks like another |
 * | no part that begins with `.transfer-staging` | `.Transfer-Staging/x` | ours |
 * | on Windows: no `<>:"|?*`, no trailing dot or space, no `CON`, `nul.txt`, `COM¹`, no `X~1` | `C:x`, `a:b` | devices, streams, drives, short names |
 *
 * Everything else passes: spaces, emoji (the zero-width joiner too), `document..pdf`, `-rf`, dot files,
 * and on other systems than Windows `a:b`.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findNameProblem } from "./file_names.ts";
 *
 * assertEquals(findNameProblem("photos/a b..c.jpg"), undefined);
 * assertEquals(findNameProblem("photos/../x"), 'it has ".." as a part');
 * assertEquals(findNameProblem("nul.txt", { windows: true }), "it names a device on Windows");
 * ```
 *
 * @module
 */

/** Longest path, in bytes of UTF-8: PATH_MAX of Linux without the final NUL. */
export const MAX_PATH_BYTES = 4095;

/** Longest part of a path, in bytes of UTF-8: NAME_MAX of Linux. */
export const MAX_PART_BYTES = 255;

/** Most parts of a path: far beyond real trees, and little work to create. */
export const MAX_PARTS = 128;

/** Where unfinished transfers live, directly under the root; no name of a file may begin with it. */
export const STAGING_DIRECTORY = ".transfer-staging";

/** What the rules depend on. */
export interface NameRules {
  /** Whether files are stored on Windows. */
  readonly windows: boolean;
}

const EVERYWHERE_ELSE: NameRules = { windows: false };
const ENCODER = new TextEncoder();
const CONTROL = /[\p{Cc}\p{Cs}]/u;
const DECEPTIVE = /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const WINDOWS_CHARACTER = /[<>:"|?*]/;
const WINDOWS_DEVICE =
  /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\.|$)/i;
const WINDOWS_SHORT_NAME = /^[^.]{1,6}~[0-9]+(\..{0,3})?$/;

/** Says what is wrong with a path, as the end of a sentence; `undefined` if nothing is. */
export function findNameProblem(
  path: string,
  rules: NameRules = EVERYWHERE_ELSE,
): string | undefined {
  if (path === "") return "it is empty";
  if (path.startsWith("/")) return "it is absolute";
  // A code unit is at least one byte, so a long path is refused before it is encoded.
  if (path.length > MAX_PATH_BYTES || byteLength(path) > MAX_PATH_BYTES) {
    return `it is longer than ${MAX_PATH_BYTES} bytes`;
  }
  if (path.includes("\\")) return "it has a backslash";
  if (CONTROL.test(path)) return "it has a control character or is no Unicode text";
  if (DECEPTIVE.test(path)) return "it has an invisible character";
  const parts = path.split("/");
  if (parts.length > MAX_PARTS) return `it has more than ${MAX_PARTS} parts`;
  for (const part of parts) {
    const problem = findPartProblem(part, rules);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * The form of a part by which two names count as the same: without case, in one Unicode form, without
 * joiners. It is what some file system somewhere uses, so such twins are never stored side by side.
 */
export function foldPart(part: string): string {
  // Most names are ASCII, and normalising costs ten times as much as this test.
  if (/^[\x20-\x7e]*$/.test(part)) return part.toUpperCase();
  return part.normalize("NFC").toUpperCase().normalize("NFC").replace(/[\u200c\u200d]/g, "");
}

const FOLDED_STAGING = foldPart(STAGING_DIRECTORY);

function findPartProblem(part: string, { windows }: NameRules): string | undefined {
  if (part === "") return "it has an empty part";
  if (part === "." || part === "..") return `it has "${part}" as a part`;
  if (part.length * 3 > MAX_PART_BYTES && byteLength(part) > MAX_PART_BYTES) {
    return `a part is longer than ${MAX_PART_BYTES} bytes`;
  }
  if (foldPart(part).startsWith(FOLDED_STAGING)) return `"${STAGING_DIRECTORY}" is reserved`;
  return windows ? findWindowsProblem(part) : undefined;
}

function findWindowsProblem(part: string): string | undefined {
  if (WINDOWS_CHARACTER.test(part)) return 'it has one of <>:"|?*, which Windows does not allow';
  if (part.endsWith(".") || part.endsWith(" ")) return "Windows drops its last dot or space";
  if (WINDOWS_DEVICE.test(part)) return "it names a device on Windows";
  if (WINDOWS_SHORT_NAME.test(part)) return "it may be the short name of another file on Windows";
  return undefined;
}

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}
