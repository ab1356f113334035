import { assert, assertEquals } from "@std/assert";
import { disconnect } from "../../../lib/chat/chat.ts";
import { ChatDriver, TEST_CONFIG } from "../../support/chat_driver.ts";

const PURE = { permissions: "none", timeout: 10_000 } as const;

/** A network of 1,000 channels with names that are as alike as can be, and ann, who is on none. */
function largeNetwork(): ChatDriver {
  const stage = new ChatDriver();
  for (let user = 0; user < 20; user++) {
    stage.register(`u${user}`);
    for (let number = 0; number < 50; number++) {
      stage.send(`u${user}`, `JOIN #${"a".repeat(58)}${1_000 + user * 50 + number}`);
    }
  }
  stage.register("ann");
  stage.charged = 0;
  return stage;
}

Deno.test(
  "attack 27: what is much work counts for several commands, what is not does not",
  PURE,
  () => {
    const stage = largeNetwork();
    const costOf = (line: string): number => {
      stage.charged = 0;
      stage.send("ann", line);
      return stage.charged;
    };
    for (const line of ["LIST *lobby*", "WHO *.example", "NAMES #none", "PRIVMSG u1 :hello"]) {
      assertEquals(costOf(line), 0, line);
    }
    // A thousand answers, each a five-hundredth of an ordinary command's worth.
    assertEquals(costOf("LIST"), 2);
    // Each star is tried at every character of every name, and fits none.
    const masks = [1, 2, 3, 4].map((digit) => `*${"a".repeat(28)}b*${digit}`);
    const expensive = `LIST ${masks.join(",")}`;
    assertEquals(costOf(expensive), 20, "two million steps, and that is the end of it");
    stage.take("ann");
    stage.send("ann", expensive);
    assertEquals(stage.take("ann"), [
      ":irc.test 321 ann Channel :Users  Name",
      ":irc.test 416 ann LIST :Too many channels, ask for fewer",
      ":irc.test 323 ann :End of /LIST",
    ]);
  },
);

Deno.test(
  "attack 27: masks of a channel's lists are paid for by those whom they stop",
  PURE,
  () => {
    const stage = new ChatDriver();
    stage.register("op");
    stage.register("ann", "", "h".repeat(63));
    for (let channel = 0; channel < 20; channel++) {
      stage.send("op", `JOIN #${channel}`);
      for (let number = 0; number < 100; number++) {
        stage.send("op", `MODE #${channel} +b *!*@*${"h".repeat(40)}x*${number}`);
      }
    }
    stage.charged = 0;
    const names = Array.from({ length: 20 }, (_, channel) => `#${channel}`);
    stage.send("ann", `JOIN ${names.join(",")}`);
    const least = 20 * 100 * 20 * 40 / 100_000;
    assert(stage.charged >= Math.floor(least), `${stage.charged} commands`);
  },
);

Deno.test("attack 27: one JOIN does not compare with the lists of all its channels", PURE, () => {
  const stage = new ChatDriver();
  stage.register("op");
  stage.register("ann", "", "1".repeat(63));
  stage.send("op", "JOIN #a");
  stage.send("op", "MODE #a +i");
  for (let number = 100; number < 200; number++) {
    // Fits nobody, which shows only at the end of each try.
    const mask = `*${"?".repeat(45)}x*!*@*${number}`;
    stage.send("op", `MODE #a +bI ${mask} ${mask}`);
  }
  stage.forget();
  stage.charged = 0;
  stage.send("ann", `JOIN ${Array.from({ length: 160 }, () => "#a").join(",")}`);
  const verbs = stage.take("ann").map((line) => line.split(" ")[1]);
  const tries = verbs.filter((verb) => verb === "473").length;
  assert(tries > 0 && tries < 20, `${tries} tries`);
  assertEquals(verbs.filter((verb) => verb === "407").length, 160 - tries);
  assert(stage.charged < 40, `${stage.charged} commands`);
});

Deno.test("attack 27: who is looked at is paid for, even if nobody is found", PURE, () => {
  const stage = new ChatDriver();
  stage.register("ann");
  for (let user = 0; user < 6_000; user++) {
    const hidden = stage.register(`u${user}`);
    stage.chat.setUserMode(hidden, "i", true);
    stage.chat.join(hidden, "#a", stage.env.now);
  }
  stage.forget();
  for (const line of ["NAMES #a", "WHO #a", "WHO nobody*", "WHO nobody* o"]) {
    stage.charged = 0;
    stage.send("ann", line);
    assertEquals(stage.charged, 1, line);
    assertEquals(stage.take("ann").length, 1, line);
  }
});

Deno.test("a search ends for what it compares, not for the answers that it may give", PURE, () => {
  const limits = { ...TEST_CONFIG.limits, channels: 10_000, queryReplies: 11_000 };
  const stage = new ChatDriver({ limits });
  for (let channel = 0; channel < 10_500; channel++) {
    const name = channel < 10_000 ? "op" : "co";
    if (!stage.clients.has(name)) stage.register(name);
    stage.send(name, `JOIN #${channel}`);
  }
  stage.register("ann");
  stage.send("ann", "LIST");
  const verbs = stage.take("ann").map((line) => line.split(" ")[1]);
  assertEquals(verbs.filter((verb) => verb === "322").length, 10_500);
  assertEquals(verbs.filter((verb) => verb === "416").length, 0);
});

Deno.test("of those who leave together none hears of the others", PURE, () => {
  const stage = new ChatDriver();
  for (const name of ["ann", "bob", "cat", "dan"]) {
    stage.register(name);
    stage.send(name, "JOIN #a,#b");
  }
  stage.forget();
  const leaving = ["ann", "cat", "dan"].map((name) => stage.client(name));
  stage.perform(disconnect(stage.chat, leaving, "SendQ exceeded", stage.env));
  for (const name of ["ann", "cat", "dan"]) {
    assertEquals(stage.take(name), [
      "ERROR :Closing Link: h (SendQ exceeded)",
      "(closed: SendQ exceeded)",
    ]);
  }
  assertEquals(
    stage.take("bob"),
    ["ann", "cat", "dan"].map((name) => `:${name}!~${name}@h QUIT :SendQ exceeded`),
  );
  stage.send("bob", "NAMES #a");
  assertEquals(stage.take("bob")[0], ":irc.test 353 bob = #a :bob");
  // Once more does nothing: they have left.
  stage.perform(disconnect(stage.chat, leaving, "again", stage.env));
  assertEquals(stage.take("bob"), []);
});
