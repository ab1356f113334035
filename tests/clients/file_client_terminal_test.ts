/**
 * The file client on a terminal: what it asks, what it shows while it works, and Ctrl-C.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FileDesk } from "../support/file_desk.ts";
import { content } from "../support/file_world.ts";
import { NEEDS_TMUX } from "../support/screen.ts";

const TOKEN = "open sesame, and quickly";

function terminalTest(name: string, fn: () => Promise<void>): void {
  const { ignore, reason } = NEEDS_TMUX;
  Deno.test({ name: `${name}${reason}`, ignore, timeout: 60_000, fn });
}

terminalTest("a live line says how far it is, and makes way for the summary", async () => {
  using desk = new FileDesk();
  desk.write("here/big.bin", content(3_000_000));
  await using server = await desk.serve();
  await using terminal = await desk.onTerminal(server.port, ["put", "big.bin", "--rate", "2MB"]);
  await terminal.shows(
    // deno-lint-ignore no-control-regex
    /\r\x1b\[Ksending "big\.bin", \d+ %, [\d.]+ [kM]B of 3\.0 MB, [\d.]+ [kM]B\/s, \d+ s left/,
  );
  const { code, written } = await terminal.end();
  assertEquals(code, 0);
  // The line is erased before the last one is written, and files that are fine have none of their own.
  // deno-lint-ignore no-control-regex
  assertMatch(written, /\r\x1b\[KSent 1 file, 3\.0 MB in [^\n]*\n/);
  assert(!written.includes('Sent "big.bin"'));
});

terminalTest("on a narrow terminal it is the name that is left out", async () => {
  using desk = new FileDesk();
  const name = `${"ein-sehr-langer-dateiname-".repeat(2)}.bin`;
  desk.write(`here/${name}`, content(3_000_000));
  await using server = await desk.serve();
  await using terminal = await desk.onTerminal(server.port, ["put", name, "--rate", "2MB"], 40);
  // deno-lint-ignore no-control-regex
  await terminal.shows(/\r\x1b\[Ksending, \d+ %, [\d.]+ [kM]B\/s, \d+ s left/);
  const { code, written } = await terminal.end();
  assertEquals([code, written.includes("dateiname")], [0, false]);
});

terminalTest("asked nothing, it asks: until an empty line, and again for a typo", async () => {
  using desk = new FileDesk();
  desk.write("here/report.pdf", "a report");
  desk.write("here/photos/a.jpg", "a");
  await using server = await desk.serve();
  await using terminal = await desk.onTerminal(server.port, []);
  await terminal.showsTimes("File to send: ", 1);
  await terminal.enter("rapport.pdf");
  await terminal.shows(/There is no "rapport\.pdf"/);
  await terminal.showsTimes("File to send: ", 2);
  await terminal.enter("report.pdf");
  await terminal.shows(/Sent 1 file, 8 B in /);
  await terminal.showsTimes("File to send: ", 3);
  // A place that it may not touch does not end it either.
  await terminal.enter("/etc/hostname");
  await terminal.shows(
    /Cannot read file "\/etc\/hostname": .*; run: deno run .*--allow-read=\/etc/s,
  );
  await terminal.showsTimes("File to send: ", 4);
  await terminal.enter("photos/");
  await terminal.shows(/Sent 1 file and 1 directory/);
  await terminal.showsTimes("File to send: ", 5);
  await terminal.enter("");
  const { code } = await terminal.end();
  assertEquals(code, 6, "the file that could not be read counts");
  assertEquals(desk.read("there/shared/report.pdf"), "a report");
  assertEquals(desk.read("there/shared/photos/a.jpg"), "a");
});

terminalTest("the token is asked for, not shown, and not taken for a file", async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  desk.write("there/shared/.keep", "");
  desk.write("there/token", TOKEN);
  Deno.chmodSync(desk.path("there/token"), 0o600);
  const grants = ["--allow-read=token"];
  await using server = await desk.serve(["--token-file", "token"], { grants });
  await using put = await desk.onTerminal(server.port, ["put", "a.txt"]);
  await put.shows(/Token: $/);
  await put.enter(TOKEN);
  const sent = await put.end();
  assertEquals([sent.code, sent.written.includes("sesame")], [0, false]);

  await using asking = await desk.onTerminal(server.port, []);
  await asking.shows(/Token: $/);
  await asking.enter(TOKEN);
  await asking.showsTimes("File to send: ", 1);
  await asking.enter("a.txt");
  await asking.shows(/1 unchanged/);
  await asking.showsTimes("File to send: ", 2);
  await asking.enter("");
  const asked = await asking.end();
  assertEquals([asked.code, asked.written.includes("sesame")], [0, false]);

  await using wrong = await desk.onTerminal(server.port, ["list"]);
  await wrong.shows(/Token: $/);
  await wrong.enter("open barley, and quickly");
  const refused = await wrong.end();
  assertEquals(refused.code, 7);
  assertMatch(refused.written, /The server refuses: the token does not match/);
});

terminalTest(
  "Ctrl-C ends it: while it sends, while it asks, while it asks for a token",
  async () => {
    using desk = new FileDesk();
    desk.write("here/big.bin", content(3_000_000));
    desk.write("there/shared/.keep", "");
    desk.write("there/token", TOKEN);
    Deno.chmodSync(desk.path("there/token"), 0o600);
    await using server = await desk.serve();
    await using sending = await desk.onTerminal(server.port, [
      "put",
      "big.bin",
      "--rate",
      "500kB",
    ]);
    await sending.shows(/sending "big\.bin", \d+ %/);
    await sending.press("C-c");
    const sent = await sending.end();
    assertEquals(sent.code, 130);
    assertMatch(
      sent.written,
      /Interrupted: 0 files done, [\d.]+ [kM]B; the same command goes on from there\r?\n/,
    );

    await using asking = await desk.onTerminal(server.port, []);
    await asking.shows(/File to send: $/);
    await asking.press("C-c");
    const asked = await asking.end();
    assertEquals(asked.code, 130);
    assertMatch(asked.written, /Interrupted: nothing was asked for yet\r?\n/);

    const grants = ["--allow-read=token"];
    await using guarded = await desk.serve(["--token-file", "token"], { grants });
    await using prompted = await desk.onTerminal(guarded.port, ["list"]);
    await prompted.shows(/Token: $/);
    await prompted.press("C-c");
    assertEquals((await prompted.end()).code, 130);
  },
);
