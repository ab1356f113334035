import { assertEquals } from "@std/assert";
import { ChatDriver, testTranscripts } from "../../support/chat_driver.ts";

const ALL =
  "account-notify away-notify batch cap-notify echo-message extended-join invite-notify labeled-response message-tags multi-prefix server-time setname standard-replies userhost-in-names";

testTranscripts([
  {
    name: "CAP: LS, LIST, REQ, removal; also after registration",
    clients: ["ann"],
    play: `
      ann > CAP ls
      ann < :irc.test CAP ann LS :${ALL}
      ann > CAP LIST
      ann < :irc.test CAP ann LIST :
      ann > CAP REQ :server-time batch
      ann < :irc.test CAP ann ACK :server-time batch
      ann > CAP REQ :-server-time
      ann < :irc.test CAP ann ACK :-server-time
      ann > CAP LIST
      ann < :irc.test CAP ann LIST :batch
      ann > CAP REQ :-server-time batch
      ann < :irc.test CAP ann ACK :-server-time batch
      ann > CAP END`,
  },
  {
    name: "CAP REQ: all or nothing, and the answer repeats the request",
    clients: ["ann"],
    play: `
      ann > CAP REQ :foo multi-prefix bar
      ann < :irc.test CAP ann NAK :foo multi-prefix bar
      ann > CAP REQ :multi-prefix -foo
      ann < :irc.test CAP ann NAK :multi-prefix -foo
      ann > CAP REQ :sasl=PLAIN
      ann < :irc.test CAP ann NAK :sasl=PLAIN
      ann > CAP LIST
      ann < :irc.test CAP ann LIST :
      ann > CAP REQ :multi-prefix 
      ann < :irc.test CAP ann ACK :multi-prefix
      ann > CAP REQ
      ann < :irc.test CAP ann ACK :`,
  },
  {
    name: "CAP LS 302 brings cap-notify for good",
    clients: ["ann"],
    play: `
      ann > CAP LS 307
      ann < :irc.test CAP ann LS :${ALL}
      ann > CAP LIST
      ann < :irc.test CAP ann LIST :cap-notify
      ann > CAP REQ :-cap-notify
      ann < :irc.test CAP ann NAK :-cap-notify`,
  },
  {
    name: "CAP LS 302: several lines where one is too short, one line without 302",
    clients: [],
    config: { name: `${"a".repeat(400)}.test` },
    play: `
      ann > CAP LS 302
      ann < :${
      "a".repeat(400)
    }.test CAP * LS * :account-notify away-notify batch cap-notify echo-message extended-join invite-notify
      ann < :${
      "a".repeat(400)
    }.test CAP * LS * :labeled-response message-tags multi-prefix server-time setname standard-replies
      ann < :${"a".repeat(400)}.test CAP * LS :userhost-in-names
      ann > CAP LIST
      ann < :${"a".repeat(400)}.test CAP * LIST :cap-notify`,
  },
  {
    name: "labeled-response: one line, several lines, none",
    clients: ["ann:labeled-response batch", "bob"],
    setup: "bob > JOIN #a",
    play: `
      ann > @label=1 PING x
      ann < @label=1 :irc.test PONG irc.test :x
      ann > @label=a\\sb PONG x
      ann < @label=a\\sb :irc.test ACK
      ann > @label=2 JOIN #a
      ann < @label=2 :irc.test BATCH +m1 labeled-response
      ann < @batch=m1 :ann!~ann@h JOIN #a
      ann < @batch=m1 :irc.test 353 ann = #a :@bob ann
      ann < @batch=m1 :irc.test 366 ann #a :End of /NAMES list
      ann < :irc.test BATCH -m1
      bob < :ann!~ann@h JOIN #a
      ann > @label=3 PRIVMSG bob :hi
      ann < @label=3 :irc.test ACK
      bob < :ann!~ann@h PRIVMSG bob :hi
      ann > @label=4 PRIVMSG nobody :hi
      ann < @label=4 :irc.test 401 ann nobody :No such nick/channel
      ann > @label=5 NOTICE nobody :hi
      ann < @label=5 :irc.test ACK
      ann > @label=6 FOO
      ann < @label=6 :irc.test 421 ann FOO :Unknown command
      ann > @label=7 NICK anna
      ann < @label=7 :ann!~ann@h NICK :anna
      bob < :ann!~ann@h NICK :anna
      ann > @label=${"8".repeat(65)} PING x
      ann < :irc.test PONG irc.test :x
      ann > @label PING x
      ann < :irc.test PONG irc.test :x
      bob > @label=9 PING x
      bob < :irc.test PONG irc.test :x
      ann > @label=10 QUIT
      ann < @label=10 ERROR :Closing Link: h (Quit: )
      ann < (closed: Quit: )
      bob < :anna!~ann@h QUIT :Quit: `,
  },
  {
    name: "labeled-response with echo-message: the echo carries the label, nothing else does",
    clients: ["ann:labeled-response batch echo-message message-tags server-time", "bob", "cid"],
    setup: `
      bob > JOIN #a
      ann > JOIN #a`,
    play: `
      ann > @label=1;+x=y PRIVMSG #a :hi
      ann < @label=1;time=2023-11-14T22:13:20.000Z;msgid=m1;+x=y :ann!~ann@h PRIVMSG #a :hi
      bob < :ann!~ann@h PRIVMSG #a :hi
      ann > @label=2 PRIVMSG ann :hi
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m2 :ann!~ann@h PRIVMSG ann :hi
      ann < @label=2;time=2023-11-14T22:13:20.000Z;msgid=m2 :ann!~ann@h PRIVMSG ann :hi
      ann > @label=3 PRIVMSG bob,cid :hi
      ann < @label=3;time=2023-11-14T22:13:20.000Z :irc.test BATCH +m5 labeled-response
      ann < @batch=m5;time=2023-11-14T22:13:20.000Z;msgid=m3 :ann!~ann@h PRIVMSG bob :hi
      ann < @batch=m5;time=2023-11-14T22:13:20.000Z;msgid=m4 :ann!~ann@h PRIVMSG cid :hi
      ann < @time=2023-11-14T22:13:20.000Z :irc.test BATCH -m5
      bob < :ann!~ann@h PRIVMSG bob :hi
      cid < :ann!~ann@h PRIVMSG cid :hi`,
  },
  {
    name: "labeled-response needs batch as well",
    clients: ["ann:labeled-response"],
    play: `
      ann > @label=1 PING x
      ann < :irc.test PONG irc.test :x`,
  },
  {
    name: "labeled-response: an answer that comes later takes the label with it",
    clients: ["ann:labeled-response batch"],
    config: { operators: [{ name: "root", secret: "s", hosts: ["*"] }] },
    play: `
      ann > @label=1 OPER root s
      ann < @label=1 :irc.test BATCH +m1 labeled-response
      ann < @batch=m1 :irc.test 381 ann :You are now an IRC operator
      ann < @batch=m1 :ann!~ann@h MODE ann +o
      ann < :irc.test BATCH -m1
      ann > @label=2 OPER root wrong
      ann < @label=2 :irc.test 464 ann :Password incorrect`,
  },
]);

Deno.test({
  name: "a line to many is encoded once for each variant, and shared",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const driver = new ChatDriver();
    const capabilities = ["", "server-time", "message-tags", "server-time message-tags"];
    for (let index = 0; index < 40; index++) {
      driver.register(`n${index}`, capabilities[index % 4] ?? "");
      driver.send(`n${index}`, "JOIN #a");
    }
    const bytes = new Set<Uint8Array>();
    let recipients = 0;
    const collect = driver.perform.bind(driver);
    driver.perform = (actions): void => {
      for (const action of actions) {
        if (action.kind !== "send") continue;
        recipients += action.to.length;
        for (const client of action.to) bytes.add(action.line.bytes(client.variant));
      }
      collect(actions);
    };
    driver.send("n0", "PRIVMSG #a :hello");
    assertEquals(recipients, 39);
    assertEquals(bytes.size, 4);
  },
});

Deno.test({
  name: "CAP ACK of a list that does not fit into one line comes in several, whole",
  permissions: "none",
  timeout: 10_000,
  fn(): void {
    const driver = new ChatDriver({ name: `${"a".repeat(50)}.test` });
    driver.register("ann");
    const list = Array.from({ length: 37 }, () => "multi-prefix").join(" ");
    driver.send("ann", `CAP REQ :${list}`);
    const answers = driver.take("ann");
    assertEquals(answers.length, 2);
    assertEquals(answers.map((line) => line.split(" ACK :")[1]).join(" "), list);
    assertEquals(answers.every((line) => line.length <= 510), true);
  },
});
