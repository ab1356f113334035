/**
 * The kinds of fields that messages of file transfer are made of. A message is a fixed sequence of
 * fields, so there is one encoding of every message: no key can come twice, be unknown or nest.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";

/** How one field is written and read back. */
export interface FieldCodec<Value> {
  /** Appends the value; throws `RangeError` or `TypeError` for one that could not be read back. */
  write(writer: FieldWriter, value: Value): void;
  /** Takes the value; throws {@linkcode ProtocolError} for bytes that no writer makes. */
  read(reader: FieldReader): Value;
}

/** Collects the fields of one message. */
export class FieldWriter {
  /** The frame's eight flag bits. */
  flags = 0;
  #length = 0;

  /**
   * Makes a writer at the start of a message.
   *
   * @param message The message's name, for errors.
   * @param storage Room for the longest message.
   */
  constructor(readonly message: string, readonly storage: Uint8Array<ArrayBuffer>) {}

  /** What was written so far: a view. */
  get payload(): Uint8Array<ArrayBuffer> {
    return this.storage.subarray(0, this.#length);
  }

  /** Appends one byte, 0 to 255. @throws {RangeError} If there is no room left. */
  appendByte(byte: number): void {
    this.#assertRoom(1);
    this.storage[this.#length++] = byte;
  }

  /** Appends bytes. @throws {RangeError} If the message becomes longer than its storage. */
  append(bytes: Uint8Array): void {
    this.#assertRoom(bytes.length);
    this.storage.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #assertRoom(bytes: number): void {
    if (this.#length + bytes <= this.storage.length) return;
    throw new RangeError(
      `Cannot encode "${this.message}": longer than ${this.storage.length} bytes`,
    );
  }
}

/** Takes one message apart. */
export class FieldReader {
  #at = 0;
  #knownFlags = 0;

  /**
   * Makes a reader at the start of a payload.
   *
   * @param message The message's name, for errors.
   */
  constructor(
    readonly message: string,
    readonly payload: Uint8Array,
    readonly flags: number,
  ) {}

  /** Takes the next bytes: a view of the payload. @throws {ProtocolError} If it has fewer. */
  take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.payload.length) this.fail(`${end - this.payload.length} bytes are missing`);
    const bytes = this.payload.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** Takes one flag bit, 0 to 7. */
  takeFlag(bit: number): boolean {
    this.#knownFlags |= 1 << bit;
    return (this.flags >> bit & 1) === 1;
  }

  /** Ends the message. @throws {ProtocolError} If bytes are left over or an unknown flag is set. */
  end(): void {
    const left = this.payload.length - this.#at;
    if (left > 0) this.fail(`${left} bytes too many`);
    const unknown = this.flags & ~this.#knownFlags;
    if (unknown !== 0) this.fail(`unknown flags 0x${unknown.toString(16)}`);
  }

  /** Ends the reading with a reason. @throws {ProtocolError} Always. */
  fail(why: string): never {
    throw new ProtocolError(`Cannot read "${this.message}": ${why}`);
  }
}

/** A whole number of `size` bytes in network order, from `min` to `max` (2^53 - 1 at most). */
export function integer(size: 1 | 2 | 4 | 8, max: number, min: number = 0): FieldCodec<number> {
  return {
    write(writer, value): void {
      if (!Number.isInteger(value) || value < min || value > max) {
        throw new RangeError(
          `Cannot encode "${writer.message}": ${value} is no whole number from ${min} to ${max}`,
        );
      }
      // A shift would cut the value to 32 bits.
      for (let place = 256 ** (size - 1); place >= 1; place /= 256) {
        writer.appendByte(Math.floor(value / place) % 256);
      }
    },
    read(reader): number {
      let value = 0;
      // Exact up to 2^53, and rounded but never smaller than 2^53 above: `max` catches that.
      for (const byte of reader.take(size)) value = value * 256 + byte;
      if (value < min || value > max) {
        const shown = value > Number.MAX_SAFE_INTEGER ? "2^53 or more" : value;
        reader.fail(`a number is ${shown}, outside ${min} to ${max}`);
      }
      return value;
    },
  };
}

/** A byte that stands for one of several names. */
export function oneOf<Name extends string>(
  codes: Readonly<Record<Name, number>>,
): FieldCodec<Name> {
  const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as Name]));
  return {
    write(writer, value): void {
      const code = codes[value];
      if (code === undefined) {
        throw new RangeError(`Cannot encode "${writer.message}": "${value}" has no number`);
      }
      writer.appendByte(code);
    },
    read(reader): Name {
      const code = reader.take(1)[0] ?? 0;
      return names.get(code) ?? reader.fail(`unknown code ${code}`);
    },
  };
}

/** A flag bit of the frame, 0 to 7. */
export function flag(bit: number): FieldCodec<boolean> {
  return {
    write(writer, value): void {
      if (value) writer.flags |= 1 << bit;
    },
    read: (reader): boolean => reader.takeFlag(bit),
  };
}

/** Exactly so many bytes; reading gives a copy. */
export function fixedBytes(size: number): FieldCodec<Uint8Array> {
  return {
    write(writer, value): void {
      if (value.length !== size) {
        throw new RangeError(
          `Cannot encode "${writer.message}": ${value.length} bytes where ${size} belong`,
        );
      }
      writer.append(value);
    },
    read: (reader): Uint8Array => reader.take(size).slice(),
  };
}

/** Text: its length in bytes (u16), then UTF-8 of at most `maxBytes`. */
export function text(maxBytes: number): FieldCodec<string> {
  return {
    write(writer, value): void {
      const bytes = encodeUtf8(value);
      if (bytes.length > maxBytes) {
        throw new RangeError(
          `Cannot encode "${writer.message}": text of ${bytes.length} bytes, more than ${maxBytes}`,
        );
      }
      writer.appendByte(bytes.length >> 8);
      writer.appendByte(bytes.length & 0xff);
      writer.append(bytes);
    },
    read(reader): string {
      const [high = 0, low = 0] = reader.take(2);
      const length = high << 8 | low;
      if (length > maxBytes) reader.fail(`text of ${length} bytes, more than ${maxBytes}`);
      return decodeUtf8(reader.take(length));
    },
  };
}
