import { Buffer } from "node:buffer";
import { TextLineStream } from "@std/streams/text-line-stream";
import { ProtocolError } from "../codec/errors.ts";
import { decodeUtf8 } from "../codec/text.ts";
import { printNote } from "./output.ts";
import type { Question } from "./question.ts";
import { standardInput } from "./standard_streams.ts";

/** Bytes that are read at once. */
const READ_BUFFER = 16 * 1024;

/**
 * The lines that the user types, or that are piped in. For the user's own standard input only: a line has
 * no length limit here, so this is no way to read from a socket. A line that is not UTF-8 is left out: sent
 * with other characters in it, it would not be what the user said.
 *
 * Reading throws {@linkcode CommandError} if standard input cannot be read.
 *
 * @param onLeftOut Called with a sentence for each line that is left out; prints it if none is given.
 * @param question Is told of each line, and asked again for one that is left out.
 */
export function inputLines(
  onLeftOut: (note: string) => void = printNote,
  question: Question | undefined = undefined,
): ReadableStream<string> {
  let number = 0;
  return inputBytes()
    // A byte becomes the character of the same number, because lines are decoded one by one.
    .pipeThrough(mapStream((bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")))
    .pipeThrough(new TextLineStream())
    .pipeThrough(mapStream((line) => {
      number++;
      question?.answered();
      try {
        return decodeUtf8(Buffer.from(line, "latin1"));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        onLeftOut(`Left out line ${number} of standard input: it is not UTF-8`);
        question?.ask();
        return undefined;
      }
    }));
}

function inputBytes(): ReadableStream<Uint8Array> {
  const buffer = new Uint8Array(READ_BUFFER);
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const count = await standardInput.read(buffer);
      if (count === null) controller.close();
      else controller.enqueue(buffer.slice(0, count));
    },
  }, { highWaterMark: 0 });
}

/** Hands each chunk on as what it becomes, except where that is `undefined`. */
function mapStream<From, To>(map: (chunk: From) => To | undefined): TransformStream<From, To> {
  return new TransformStream({
    transform(chunk, controller): void {
      const result = map(chunk);
      if (result !== undefined) controller.enqueue(result);
    },
  });
}
