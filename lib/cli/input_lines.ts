import { TextLineStream } from "@std/streams/text-line-stream";

/**
 * The lines that the user types, or that are piped in. For the user's own standard input only: a line has
 * no length limit here, so this is no way to read from a socket.
 */
export function inputLines(): ReadableStream<string> {
  return Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
}
