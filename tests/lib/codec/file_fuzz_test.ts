import { assert, assertLessOrEqual } from "@std/assert";
import { PeerClosedError, ProtocolError } from "../../../lib/codec/errors.ts";
import { FileDecoder } from "../../../lib/codec/file_decoder.ts";
import { encodeFileMessage } from "../../../lib/codec/file_message.ts";
import { readPreamble } from "../../../lib/codec/file_preamble.ts";
import { findNameProblem } from "../../../lib/codec/file_names.ts";
import { Random } from "../../support/random.ts";
import messages from "../../vectors/file/messages.json" with { type: "json" };

/** `deno test FILE -- --inputs=1000000` runs the long version. */
const INPUTS = Number(
  Deno.args.find((argument) => argument.startsWith("--inputs="))?.slice("--inputs=".length) ??
    20_000,
);

const SEEDS = [...messages.wellFormed, ...messages.malformed].map(({ hex }) =>
  Uint8Array.fromHex(hex)
);
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

/** A few messages in a row with a few bytes changed, dropped, doubled or put in between. */
function mutate(random: Random): Uint8Array {
  const parts = Array.from({ length: random.integer(1, 3) }, () => random.pick(SEEDS));
  const bytes = parts.flatMap((part) => [...part]);
  for (let change = random.integer(0, 4); change > 0 && bytes.length > 0; change--) {
    const at = random.integer(0, bytes.length - 1);
    const value = random.integer(0, 1) === 0 ? random.pick(INTERESTING) : random.integer(0, 255);
    const kind = random.integer(0, 3);
    if (kind === 0) bytes[at] = value;
    else if (kind === 1) bytes.splice(at, random.integer(1, 4));
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 8)));
    else bytes.splice(at, 0, value);
  }
  return Uint8Array.from(bytes);
}

/** Decodes in pieces; counts the bytes that were given out. */
function decode(bytes: Uint8Array, random: Random): number {
  const decoder = new FileDecoder();
  let given = 0;
  for (let at = 0; at < bytes.length;) {
    const end = at + random.integer(1, bytes.length);
    decoder.push(bytes.subarray(at, end));
    at = end;
    for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
      if (event.kind === "content") {
        given += event.bytes.length;
        continue;
      }
      given += encodeFileMessage(event).length;
      if ("path" in event) findNameProblem(event.path);
    }
  }
  decoder.end();
  return given;
}

Deno.test("attacks 17, 18: mutated input gives messages or the codec's errors", {
  permissions: "none",
  timeout: 120_000,
}, () => {
  const random = new Random();
  let refused = 0;
  for (let input = 0; input < INPUTS; input++) {
    const bytes = mutate(random);
    readPreamble(bytes);
    try {
      assertLessOrEqual(decode(bytes, random), bytes.length);
    } catch (error) {
      const known = error instanceof ProtocolError || error instanceof PeerClosedError;
      assert(known, `input ${input} of seed ${random.seed}, ${bytes.toHex()}: ${error}`);
      refused++;
    }
  }
  assert(refused > INPUTS / 4 && refused < INPUTS, `${refused} of ${INPUTS} refused`);
});
