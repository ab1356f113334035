/**
 * The wire format of every message: a frame (`frame.ts`) whose type, flags and payload are these. The
 * fields stand in the payload in the order of this table, without gaps; flags lie in the frame's flag
 * byte, and bits that are not named here are 0.
 *
 * @module
 */

import { type FieldCodec, fixedBytes, flag, integer, oneOf, text } from "./file_fields.ts";
import { ENTRY_TYPES, type FileMessages, type MessageKind, PHASES } from "./file_messages.ts";
import { POLICIES, ROLES } from "./file_messages.ts";
import { MAX_PATH_BYTES } from "./file_names.ts";
import { OUTCOMES } from "./file_outcomes.ts";

/** Raw bytes behind one `run` message: what a sender reads at a time, so that it can stop in between. */
export const MAX_RUN_BYTES = 256 * 1024;

/** The longest payload of a message: a path and less than 64 bytes of other fields. */
export const MAX_MESSAGE_BYTES: number = MAX_PATH_BYTES + 64;

/** The latest time that a `Date` can express, in milliseconds since 1970 (ECMA-262, section 21.4.1.1). */
const MAX_TIME_MS = 8.64e15;

const u32 = integer(4, 0xffff_ffff);
// Whole numbers in JavaScript are exact up to 2^53 - 1: larger sizes are refused, not rounded.
const size = integer(8, Number.MAX_SAFE_INTEGER);
const sha256 = fixedBytes(32);
const path = text(MAX_PATH_BYTES);
const outcome = oneOf(OUTCOMES);

/** Number and fields of one message. */
export interface Layout<Kind extends MessageKind> {
  /** The frame's type. */
  readonly type: number;
  /** The fields, in the order of the wire. */
  readonly fields: {
    readonly [Name in keyof FileMessages[Kind]]: FieldCodec<FileMessages[Kind][Name]>;
  };
}

/** All messages; each layer of the conversation has its own sixteen numbers. */
export const LAYOUTS: { readonly [Kind in MessageKind]: Layout<Kind> } = {
  hello: {
    type: 0x01,
    fields: {
      role: oneOf(ROLES),
      authentication: flag(0),
      nonce: fixedBytes(32),
      extensions: u32,
    },
  },
  proof: { type: 0x02, fields: { mac: fixedBytes(32) } },

  put: { type: 0x10, fields: { verify: flag(0), ifExists: oneOf(POLICIES) } },
  get: { type: 0x11, fields: { paths: u32 } },
  want: { type: 0x12, fields: { path } },
  list: { type: 0x13, fields: { recursive: flag(0), path } },

  manifest: { type: 0x20, fields: { items: u32, bytes: size } },
  entry: {
    type: 0x21,
    fields: {
      type: oneOf(ENTRY_TYPES),
      mode: integer(2, 0o777),
      mtime: integer(8, MAX_TIME_MS),
      size,
      path,
    },
  },
  omitted: { type: 0x22, fields: { outcome, path } },

  refuse: { type: 0x30, fields: { index: u32, outcome, limit: size } },
  check: { type: 0x31, fields: { partial: flag(0), final: flag(1), index: u32, size } },
  digest: { type: 0x32, fields: { unreadable: flag(0), index: u32, sha256 } },
  planned: { type: 0x33, fields: {} },

  file: { type: 0x40, fields: { index: u32, offset: size } },
  run: { type: 0x41, fields: { length: integer(4, MAX_RUN_BYTES, 1) } },
  end: { type: 0x42, fields: { size, sha256 } },
  skip: { type: 0x43, fields: { index: u32, outcome } },
  abort: { type: 0x44, fields: { outcome } },
  done: { type: 0x45, fields: {} },

  result: { type: 0x50, fields: { index: u32, outcome, storedAs: path } },
  finished: { type: 0x51, fields: {} },

  busy: { type: 0x60, fields: { phase: oneOf(PHASES), done: size, total: size } },
  error: { type: 0x61, fields: { outcome, limit: size } },
};
