import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { ASK_AFTER, ASK_AT, InFlight, MAX_KNOWN } from "../../../lib/irc_client/in_flight.ts";
import { Outbox } from "../../../lib/irc_client/outbox.ts";
import { MAX_ATTEMPTS, reconnectPause } from "../../../lib/irc_client/reconnect.ts";

const PURE = { permissions: "none", timeout: 20_000 } as const;

Deno.test("a burst of four goes out at once, then one line after each interval", PURE, () => {
  const outbox = new Outbox(2_000);
  outbox.held = false;
  for (let n = 1; n <= 6; n++) outbox.push(`line ${n}`, false);
  assertEquals(outbox.take(0), { lines: ["line 1", "line 2", "line 3", "line 4"], wait: 2_000 });
  assertEquals(outbox.take(1_999).lines, []);
  assertEquals(outbox.take(2_000), { lines: ["line 5"], wait: 2_000 });
  assertEquals(outbox.take(4_000), { lines: ["line 6"], wait: 0 });
});

Deno.test("urgent lines overtake, and go even while the others are held", PURE, () => {
  const outbox = new Outbox(0);
  outbox.push("PRIVMSG #a hi", false);
  outbox.push("PONG x", true);
  assertEquals(outbox.take(0), { lines: ["PONG x"], wait: 0 });
  outbox.held = false;
  outbox.push("PONG y", true);
  assertEquals(outbox.take(0).lines, ["PONG y", "PRIVMSG #a hi"]);
});

Deno.test("what people said outlives a lost connection, the rest does not", PURE, () => {
  const outbox = new Outbox(0);
  const lines = ["PRIVMSG #a hi", "WHOIS bob", "@label=m1 NOTICE b hm", "PING end", "JOIN #b"];
  for (const line of lines) outbox.push(line, false);
  outbox.push("PONG x", true);
  assertEquals(outbox.unsaid, 2);
  outbox.hold();
  assertEquals(outbox.unsaid, 2);
  outbox.held = false;
  assertEquals(outbox.take(0).lines, ["PRIVMSG #a hi", "NOTICE b hm", "PING end"]);
  assertEquals(outbox.unsaid, 0);
});

/** An outbox without pauses that has sent these lines, at the time 0. */
function sentBy(...lines: readonly string[]): Outbox {
  const outbox = new Outbox(0);
  outbox.held = false;
  for (const line of lines) outbox.push(line, false);
  assertEquals(outbox.take(0).lines, [...lines]);
  return outbox;
}

const SAID = [
  "PRIVMSG #a one",
  "@label=m1 PRIVMSG #a :two words",
  "PRIVMSG #a :\x01ACTION waves\x01",
];

/** What proves which of them: how many are in doubt after it, and the first of those. */
const PROOFS: readonly (readonly [by: string, count: number, first: string])[] = [
  ["nothing", 3, "one"],
  ["", 3, "one"],
  ["#a one", 2, "two words"],
  ["m1", 1, "waves"],
  ["#a two words", 1, "waves"],
  ["#a \x01ACTION waves\x01", 0, ""],
  ["end", 0, ""],
];

Deno.test("what was sent is in doubt until an answer proves it, or a line behind it", PURE, () => {
  for (const [by, count, first] of PROOFS) {
    const outbox = sentBy(...SAID, "PING end");
    outbox.answered(by);
    assertEquals(outbox.hold(), { count, first }, by);
    assertEquals(outbox.hold(), { count: 0, first: "" }, "a loss is told once");
    assertEquals(outbox.take(0).lines, [], "nothing is said twice");
  }
});

Deno.test("nobody misses what a program answered, asked or looked up", PURE, () => {
  const outbox = sentBy(
    "NOTICE b :\x01VERSION x\x01",
    "WHOIS b",
    "PING x",
    "privmsg #a hm",
    "\u00e9",
  );
  assertEquals(outbox.said, 1);
  assertEquals(outbox.hold(), { count: 1, first: "hm" });
  assertEquals(outbox.said, 1, "lost, but sent");
});

Deno.test("without an answer of another kind the server is asked, once", PURE, () => {
  const outbox = sentBy("PRIVMSG #a one");
  assertEquals(outbox.take(1_000), { lines: [], wait: ASK_AFTER - 1_000 });
  outbox.push("PRIVMSG #a two", false);
  assertEquals(outbox.take(2_000), { lines: ["PRIVMSG #a two"], wait: ASK_AFTER - 2_000 });
  assertEquals(outbox.take(ASK_AFTER), { lines: ["PING arrived-1"], wait: 0 });
  assertEquals(outbox.take(10 * ASK_AFTER), { lines: [], wait: 0 });
  outbox.answered("arrived-1");
  assertEquals(outbox.hold(), { count: 0, first: "" });
});

Deno.test("what is answered anyway is not asked for", PURE, () => {
  const outbox = sentBy("@label=m1 PRIVMSG #a one");
  outbox.answered("m1");
  assertEquals(outbox.take(ASK_AFTER), { lines: [], wait: 0 });
});

Deno.test("whoever talks without a pause asks now and then, at its pace", PURE, () => {
  const outbox = new Outbox(2_000);
  outbox.held = false;
  for (let n = 0; n < 3 * ASK_AT; n++) outbox.push(`PRIVMSG #a ${n}`, false);
  const sent: string[] = [];
  for (let now = 0; outbox.waiting > 0; now += 2_000) {
    const { lines } = outbox.take(now);
    assertLessOrEqual(lines.length, now === 0 ? 4 : 1);
    sent.push(...lines);
  }
  const questions = sent.flatMap((line, index) => line.startsWith("PING ") ? [index] : []);
  assertEquals(questions, [ASK_AT, 2 * ASK_AT + 1]);
});

Deno.test("a server that proves nothing costs no memory, and every line is counted", PURE, () => {
  const flight = new InFlight();
  for (let n = 0; n < 3 * MAX_KNOWN; n++) flight.sent(`PRIVMSG #a ${n}`, n);
  assertEquals(flight.lost(), { count: 3 * MAX_KNOWN, first: "0" });
  for (let n = 0; n < 3 * MAX_KNOWN; n++) flight.sent(`PRIVMSG #a ${n}`, n);
  flight.answered("#a 3");
  assertEquals(flight.lost().count, 3 * MAX_KNOWN, "the oldest are no longer told apart");
  for (let n = 0; n < 3 * MAX_KNOWN; n++) flight.sent(`PRIVMSG #a ${n}`, n);
  flight.answered(`#a ${3 * MAX_KNOWN - 2}`);
  assertEquals(flight.lost(), { count: 1, first: String(3 * MAX_KNOWN - 1) });
});

Deno.test("pauses before connecting again grow, are jittered, and come to an end", PURE, () => {
  let before = 0;
  for (let failures = 0; failures < MAX_ATTEMPTS; failures++) {
    const [least, most] = [reconnectPause(failures, 0), reconnectPause(failures, 1)];
    assertEquals(most, Math.min(1_000 * 2 ** failures, 300_000));
    assertEquals(least, (most ?? 0) / 2);
    assertLessOrEqual(before, most ?? 0);
    assertGreater(most, least ?? 0);
    before = most ?? 0;
  }
  assertEquals(reconnectPause(MAX_ATTEMPTS, 0.5), undefined);
});
