import { equalBytes } from "../../lib/codec/bytes.ts";
import type { Chapter } from "./stage.ts";

/** More than all buffers on the way hold together, so that it cannot come back in one piece. */
const STREAM_BYTES = 3_000_000;

/** TCP echo: a stream of bytes, half-close, many clients at once, and a measurement. */
export const ECHO: Chapter = {
  title: "TCP echo: a stream of bytes, not messages",
  async tell(stage): Promise<void> {
    const server = await stage.start("echo-server");
    const tap = stage.tap(server);
    const port = ["--port", String(tap.port)];

    stage.say("A client connects, sends twelve bytes and finishes sending. This is what passes:");
    const hello = await stage.run("echo-client", port);
    for (const line of tap.lines) stage.show(line);
    stage.check("the client got back what it sent", hello.stdout === "Received Hello, world\n");
    stage.check(
      "the server said goodbye only after the client had (half-close)",
      tap.lines.findIndex((line) => line.includes("<-- server    FIN")) >
        tap.lines.findIndex((line) => line.includes("--> server    FIN")),
    );

    stage.say(
      "A stream of three million bytes: segments come as they like, the bytes stay in order.",
    );
    const before = tap.lines.length;
    const stream = new Uint8Array(STREAM_BYTES).map((_, i) => i * i >> 8);
    const copy = await stage.run("echo-client", ["-", ...port, "--timeout", "20"], {
      stdin: stream,
    });
    const segments = tap.lines.slice(before).filter((line) => line.includes("<-- server")).length -
      1;
    stage.show(`${copy.bytes.length} bytes came back, in ${segments} reads`);
    stage.check("every byte came back in its place", equalBytes(copy.bytes, stream));

    stage.say("Ten clients at once, a hundred messages each; nobody waits for anybody.");
    const direct = ["--port", String(server.port)];
    const flood = ["--count", "1000", "--connections", "10", ...direct];
    const measured = await stage.run("echo-client", flood);
    stage.check(
      "a thousand messages went out and came back unchanged",
      measured.stdout.includes("sent 1000, received 1000, corrupted 0, errors 0"),
    );

    stage.say("Nobody listens on port 1, and the client says so instead of crashing:");
    const refused = await stage.run("echo-client", ["--port", "1"]);
    stage.check("a refused connection is one sentence and exit code 1", refused.code === 1);

    stage.say("The server is asked to stop: it finishes what it has, and counts.");
    await stage.stop(server);
  },
};
