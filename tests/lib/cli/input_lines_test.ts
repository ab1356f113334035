import { assertEquals } from "@std/assert";
import { concatBytes } from "../../../lib/codec/bytes.ts";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { inputLines } from "../../../lib/cli/input_lines.ts";
import { runClient, startServer } from "../../support/process.ts";
import { ChatHouse } from "../../support/chat_house.ts";
import { NEEDS_TMUX, Screen } from "../../support/screen.ts";
import { splits } from "../../support/splits.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;
const PROCESS = { timeout: 60_000 };

/** `café` in Latin-1: no UTF-8. */
const LATIN = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
const MIXED = concatBytes([encodeUtf8("\ufefffirst ✓\r\n"), LATIN, encodeUtf8("\n\nlast")]);
const NOTE = "Left out line 2 of standard input: it is not UTF-8";

Deno.test("inputLines gives lines as they are, and leaves out what is no UTF-8", PURE, async () => {
  const { read } = Deno.stdin;
  try {
    for (const { label, chunks } of splits(MIXED)) {
      const rest = [...chunks];
      Deno.stdin.read = (into) => {
        const chunk = rest.shift();
        if (chunk === undefined) return Promise.resolve(null);
        into.set(chunk);
        return Promise.resolve(chunk.length);
      };
      const notes: string[] = [];
      const lines = await Array.fromAsync(inputLines((note) => notes.push(note)));
      assertEquals([lines, notes], [["\ufefffirst ✓", "", "last"], [NOTE]], label);
    }
  } finally {
    Object.assign(Deno.stdin, { read });
  }
});

const CLIENTS: readonly [server: string, client: string, args: string[], code: number][] = [
  ["message-server", "message-client", [], 1],
  ["echo-server", "echo-client", ["--interactive"], 1],
  ["udp-echo-server", "udp-echo-client", ["--interactive"], 0],
];

for (const [task, client, args, expected] of CLIENTS) {
  const name = [client, ...args].join(" ");
  Deno.test(`${name} does not send a line that is no UTF-8`, PROCESS, async () => {
    await using server = await startServer(task);
    const stdin = concatBytes([encodeUtf8("\ufeffone\n"), LATIN, encodeUtf8("\ntwo\n")]);
    const all = [...args, "--port", String(server.port)];
    const { code, stdout, stderr } = await runClient(client, all, { stdin });
    assertEquals([code, stderr], [expected, `${NOTE}\n`]);
    assertEquals(stdout.match(/^Received/gm)?.length, 2);
    if (task !== "message-server") return;
    const line = await server.stdout.find((line) => line.includes("one"), "the first message");
    assertEquals(line.split(": ")[1], "\\u{feff}one");
    await server.stdout.find((line) => line.endsWith(": two"), "the second message");
  });
}

Deno.test("chat-client says the other lines of a pipe, and fails", PROCESS, async () => {
  await using house = new ChatHouse();
  await using bob = await house.register("bob");
  await bob.send("JOIN #lobby");
  await bob.find(/ 366 /);
  const stdin = concatBytes([encodeUtf8("one\n"), LATIN, encodeUtf8("\ntwo\n")]);
  const args = ["--port", String(house.port), "--quiet"];
  const { code, stderr } = await runClient("chat-client", args, { stdin });
  assertEquals([code, stderr], [1, `${NOTE}\n`]);
  await bob.find(/PRIVMSG #lobby :two/);
});

for (const [task, client, args] of CLIENTS) {
  const { ignore, reason } = NEEDS_TMUX;
  const name = [client, ...args].join(" ");
  const options = { ...PROCESS, ignore };
  Deno.test(`${name}: Ctrl-D ends the line of the question${reason}`, options, async () => {
    await using server = await startServer(task);
    const all = [...args, "--port", String(server.port)];
    await using screen = await Screen.start(client, all);
    const question = client === "message-client" ? "Enter message: " : "> ";
    await screen.showsTimes(question, 1);
    await screen.enter("hello");
    await screen.showsTimes(question, 2);
    await screen.press("C-d");
    const { code } = await screen.end();
    const rows = await screen.rows();
    assertEquals([code, ...rows.slice(-2)], [0, question.trimEnd(), "exit code 0"]);
  });
}
