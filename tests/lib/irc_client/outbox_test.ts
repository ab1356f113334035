import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
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
  outbox.hold();
  outbox.held = false;
  assertEquals(outbox.take(0).lines, ["PRIVMSG #a hi", "@label=m1 NOTICE b hm", "PING end"]);
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
