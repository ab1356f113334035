/**
 * What the README says about the chat client is what the code does.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../../lib/irc_client/commands/table.ts";
import { MAX_LINE_BYTES } from "../../lib/irc_client/decode_line.ts";
import { ENTRY_KINDS } from "../../lib/irc_client/entry.ts";
import { ChatHouse } from "../support/chat_house.ts";
import { soon } from "../support/journal.ts";
import { NEEDS_LINUX } from "../support/machine.ts";
import { Program, runClient } from "../support/process.ts";
import { rowsBelow, sectionBelow } from "../support/readme.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { killFamily } from "../support/usage.ts";

const HEADING = "### A client for it, and for any other network";

Deno.test("the README lists every command of the chat client", { timeout: 20_000 }, () => {
  const listed = rowsBelow(HEADING).map(([cell = ""]) => cell).filter((cell) =>
    /^`\/[a-z]/.test(cell)
  );
  assertEquals(
    listed,
    Object.entries(COMMANDS).map(([name, { parameters }]) =>
      `\`${`/${name} ${parameters}`.trim()}\``
    ),
  );
});

Deno.test("the README lists every event of --json", { timeout: 20_000 }, () => {
  const words = rowsBelow(HEADING).flatMap(([cell = ""]) => cell.match(/(?<=`)[a-z]+(?=`)/g) ?? []);
  assertEquals(words.sort(), [...ENTRY_KINDS].sort());
});

Deno.test("the README lists the exit codes that --help lists, and the longest line", {
  timeout: 20_000,
}, async () => {
  const { stdout } = await runClient("chat-client", ["--help"]);
  const codes = [...stdout.matchAll(/^ +(\d) (?=could|nick|kept|conn)/gm)].map(([, code]) => code);
  assertEquals(codes, ["3", "4", "5", "6"]);
  const section = sectionBelow(HEADING);
  for (const code of [...codes, "130", "141"]) {
    assertMatch(section, new RegExp(`^\\| ${code} +\\|`, "m"));
  }
  const [, keptOut = ""] = /^ +5 (.+)$/m.exec(stdout) ?? [];
  assert(section.includes(keptOut), keptOut);
  assert(section.includes(`${MAX_LINE_BYTES.toLocaleString("en-US")} bytes`));
});

Deno.test({
  name: `the bot of the README answers${NEEDS_LINUX.reason}`,
  ignore: NEEDS_LINUX.ignore,
  timeout: 60_000,
}, async () => {
  const [, block = ""] = /^```console\n(\$ mkfifo[\s\S]*?)^```$/m.exec(sectionBelow(HEADING)) ?? [];
  await using house = new ChatHouse();
  await using bob = await house.register("bob");
  await bob.send("JOIN #lobby");
  using scratch = new ScratchDirectory();
  const script = block.replace(/^[$>] ?/gm, "")
    .replace("deno task chat-client", `"$0" task chat-client --port ${house.port}`);
  assert(script.trimEnd().split("\n").length <= 10);
  await using bot = new Program(
    "the bot",
    new Deno.Command("sh", {
      args: ["-c", script, Deno.execPath()],
      cwd: scratch.path,
      env: { TZ: "UTC" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }),
  );
  try {
    await bob.find(/^:clock!\S+ JOIN #lobby$/);
    await bob.send("PRIVMSG #lobby :!time");
    assertMatch(await bob.find(/^:clock!\S+ PRIVMSG/), /PRIVMSG #lobby :.*\b20\d\d\b/);
    // Thrown out, it ends, and all of its pipe with it.
    await bob.send("KICK #lobby clock");
    await soon(bot.end(), "the bot's end");
    assertMatch(bot.stderr.text, /You were kicked from #lobby by bob/);
  } finally {
    await killFamily(bot.pid);
  }
});
