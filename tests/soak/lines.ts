import { encodeUtf8 } from "../../lib/codec/text.ts";
import { runClient, startServer } from "../support/process.ts";
import type { Random } from "../support/random.ts";
import { streamTorments } from "./stream_torments.ts";
import type { Torture } from "./torture.ts";

/** Words for terminals and logs to stumble over. */
const NASTY = ["\x1b[31mred", "\x07", "\u202eright to left", "\x9b2J", "\x00", "\ud7ff", "'; DROP"];

/** A few lines, some of them nasty, some too long. */
export function nastyLines(random: Random): Uint8Array<ArrayBuffer> {
  const lines = Array.from({ length: random.integer(1, 20) }, () => {
    const word = random.pick(NASTY);
    return word.repeat(random.integer(1, random.pick([3, 3, 3, 3_000])));
  });
  return encodeUtf8(`${lines.join(random.pick(["\n", "\r\n", "\r"]))}\n`);
}

/** The message server. */
export const MESSAGES: Torture = {
  name: "message-server",
  start: () => startServer("message-server"),
  torments: streamTorments(nastyLines),
  async prove({ server }): Promise<void> {
    const args = ["Wake up, Neo", "close", "--timeout", "10", "--port", String(server.port)];
    const { code, stdout, stderr } = await runClient("message-client", args);
    if (code !== 0) throw new Error(`message-client ended with ${code}: ${stdout}${stderr}`);
  },
};

/** The greeting server, which listens to nobody. */
export const GREETING: Torture = {
  name: "greeting-server",
  start: () => startServer("greeting-server"),
  torments: streamTorments(nastyLines),
  async prove({ server }): Promise<void> {
    const args = ["--timeout", "10", "--port", String(server.port)];
    const { code, stdout, stderr } = await runClient("greeting-client", args);
    if (code !== 0) throw new Error(`greeting-client ended with ${code}: ${stdout}${stderr}`);
  },
};
