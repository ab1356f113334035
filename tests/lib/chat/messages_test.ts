import { assertEquals } from "@std/assert";
import { ChatDriver, testTranscripts } from "../../support/chat_driver.ts";

const LONG = "x".repeat(470);

testTranscripts([
  {
    name: "PRIVMSG: to users, channels and lists of both, once each",
    clients: ["ann", "bob", "cid"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      ann > PRIVMSG BOB :hello there
      bob < :ann!~ann@h PRIVMSG bob :hello there
      ann > PRIVMSG #A hello
      bob < :ann!~ann@h PRIVMSG #a :hello
      ann > PRIVMSG cid,#a,CID,#A,ann :all
      cid < :ann!~ann@h PRIVMSG cid :all
      bob < :ann!~ann@h PRIVMSG #a :all
      ann < :ann!~ann@h PRIVMSG ann :all
      ann > PRIVMSG bob :\x01ACTION waves\x01
      bob < :ann!~ann@h PRIVMSG bob :\x01ACTION waves\x01`,
  },
  {
    name: "PRIVMSG: what it refuses; NOTICE refuses the same without a word",
    clients: ["ann", "bob"],
    setup: "ann > AWAY :asleep",
    play: `
      ann > PRIVMSG
      ann < :irc.test 411 ann :No recipient given (PRIVMSG)
      ann > PRIVMSG :
      ann < :irc.test 411 ann :No recipient given (PRIVMSG)
      ann > PRIVMSG bob
      ann < :irc.test 412 ann :No text to send
      ann > PRIVMSG bob :
      ann < :irc.test 412 ann :No text to send
      ann > PRIVMSG nobody :hi
      ann < :irc.test 401 ann nobody :No such nick/channel
      ann > PRIVMSG #nowhere :hi
      ann < :irc.test 403 ann #nowhere :No such channel
      ann > PRIVMSG a,b,c,d,bob :hi
      ann < :irc.test 401 ann a :No such nick/channel
      ann < :irc.test 401 ann b :No such nick/channel
      ann < :irc.test 401 ann c :No such nick/channel
      ann < :irc.test 401 ann d :No such nick/channel
      ann < :irc.test 407 ann bob :Too many targets
      ann > PRIVMSG bob :${LONG}
      bob < :ann!~ann@h PRIVMSG bob :${LONG}
      ann > PRIVMSG bob :${LONG}0123456789abcdef
      ann < :irc.test 417 ann :Input line was too long
      bob > PRIVMSG ann :hi
      ann < :bob!~bob@h PRIVMSG ann :hi
      bob < :irc.test 301 bob ann :asleep
      ann > NOTICE
      ann > NOTICE bob
      ann > NOTICE bob :
      ann > NOTICE nobody :hi
      ann > NOTICE #nowhere :hi
      ann > NOTICE a,b,c,d,bob :hi
      bob > NOTICE ann :hi
      ann < :bob!~bob@h NOTICE ann :hi
      ann > NOTICE bob :${LONG}0123456789é
      bob < :ann!~ann@h NOTICE bob :${LONG}0123456789é
      ann > NOTICE bob :${LONG}01234567890abcdeé
      bob < :ann!~ann@h NOTICE bob :${LONG}01234567890abcde`,
  },
  {
    name: "STATUSMSG: to those with a status, from anyone who may speak",
    clients: ["ann", "bob", "cid", "dan"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a
      ann > MODE #a +v bob`,
    play: `
      cid > PRIVMSG @#a :operators
      ann < :cid!~cid@h PRIVMSG @#a :operators
      cid > NOTICE +#A :voices
      ann < :cid!~cid@h NOTICE +#a :voices
      bob < :cid!~cid@h NOTICE +#a :voices
      cid > PRIVMSG @+#a :both
      ann < :cid!~cid@h PRIVMSG +#a :both
      bob < :cid!~cid@h PRIVMSG +#a :both
      cid > PRIVMSG @@@#a :operators
      ann < :cid!~cid@h PRIVMSG @#a :operators
      cid > PRIVMSG +@@+#a :both
      ann < :cid!~cid@h PRIVMSG +#a :both
      bob < :cid!~cid@h PRIVMSG +#a :both
      ann > PRIVMSG @#a :only me
      dan > PRIVMSG @#a :outside
      dan < :irc.test 404 dan #a :Cannot send to channel
      dan > PRIVMSG @nobody :hi
      dan < :irc.test 401 dan @nobody :No such nick/channel`,
  },
  {
    name: "tags: each recipient gets what it asked for, of one and the same message",
    clients: [
      "ann:message-tags server-time",
      "bob:message-tags",
      "cid:server-time",
      "dan",
    ],
    setup: `
      ann > JOIN #a
      bob > JOIN #a
      cid > JOIN #a
      dan > JOIN #a`,
    play: `
      bob > @+draft/reply=1\\s2;plain=x;+typing PRIVMSG #a :hi
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m1;+draft/reply=1\\s2;+typing :bob!~bob@h PRIVMSG #a :hi
      cid < @time=2023-11-14T22:13:20.000Z :bob!~bob@h PRIVMSG #a :hi
      dan < :bob!~bob@h PRIVMSG #a :hi
      dan > @+typing=active PRIVMSG ann,bob :hi
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m2;+typing=active :dan!~dan@h PRIVMSG ann :hi
      bob < @msgid=m3;+typing=active :dan!~dan@h PRIVMSG bob :hi
      bob > @+typing=active TAGMSG #a
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m4;+typing=active :bob!~bob@h TAGMSG #a
      bob > @+typing TAGMSG ann
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m5;+typing :bob!~bob@h TAGMSG ann
      bob > @+;+b@d=1;+\x1b[2J=3;+a.example/x=4;+/y;+z/;+é=5 PRIVMSG ann :hi
      ann < @time=2023-11-14T22:13:20.000Z;msgid=m6;+a.example/x=4 :bob!~bob@h PRIVMSG ann :hi
      bob > TAGMSG dan
      bob > TAGMSG nobody
      bob < :irc.test 401 bob nobody :No such nick/channel
      bob > TAGMSG
      bob < :irc.test 461 bob TAGMSG :Not enough parameters
      dan > @+typing TAGMSG ann
      dan < :irc.test 421 dan TAGMSG :Unknown command
      cid > PING x
      cid < @time=2023-11-14T22:13:20.000Z :irc.test PONG irc.test :x`,
  },
  {
    name: "echo-message: the sender gets what the others get",
    clients: ["ann:echo-message message-tags", "bob"],
    setup: `
      ann > JOIN #a
      bob > JOIN #a`,
    play: `
      ann > @+x=y PRIVMSG #a :hi
      ann < @msgid=m1;+x=y :ann!~ann@h PRIVMSG #a :hi
      bob < :ann!~ann@h PRIVMSG #a :hi
      ann > NOTICE bob :hi
      ann < @msgid=m2 :ann!~ann@h NOTICE bob :hi
      bob < :ann!~ann@h NOTICE bob :hi
      ann > PRIVMSG ann :note to self
      ann < @msgid=m3 :ann!~ann@h PRIVMSG ann :note to self
      ann < @msgid=m3 :ann!~ann@h PRIVMSG ann :note to self
      ann > @+x TAGMSG #a
      ann < @msgid=m4;+x :ann!~ann@h TAGMSG #a
      ann > PRIVMSG nobody :hi
      ann < :irc.test 401 ann nobody :No such nick/channel`,
  },
  {
    name: "bot mode: a tag on everything, a flag in WHO, a line in WHOIS",
    clients: ["bot", "ann:message-tags"],
    setup: `
      bot > MODE bot +B
      ann > JOIN #a`,
    play: `
      bot > JOIN #a
      bot < :bot!~bot@h JOIN #a
      bot < :irc.test 353 bot = #a :@ann bot
      bot < :irc.test 366 bot #a :End of /NAMES list
      ann < @bot :bot!~bot@h JOIN #a
      bot > PRIVMSG #a :beep
      ann < @msgid=m1;bot :bot!~bot@h PRIVMSG #a :beep
      ann > WHO #a
      ann < :irc.test 352 ann #a ~ann h irc.test ann H@ :0 ann real
      ann < :irc.test 352 ann #a ~bot h irc.test bot HB :0 bot real
      ann < :irc.test 315 ann #a :End of WHO list
      ann > WHOIS bot
      ann < :irc.test 311 ann bot ~bot h * :bot real
      ann < :irc.test 319 ann bot :#a
      ann < :irc.test 312 ann bot irc.test :A test
      ann < :irc.test 335 ann bot :is a Bot on Test
      ann < :irc.test 317 ann bot 0 1700000000 :seconds idle, signon time
      ann < :irc.test 318 ann bot :End of /WHOIS list`,
  },
  {
    name: "size limits: 417 for lines that are too long, tags and text apart",
    clients: ["ann:message-tags echo-message"],
    play: `
      ann > PING ${"é".repeat(242)}x
      ann < :irc.test PONG irc.test :${"é".repeat(242)}x
      ann > PING ${"é".repeat(243)}
      ann < :irc.test 417 ann :Input line was too long
      ann > PING ${"x".repeat(505)}
      ann < :irc.test 417 ann :Input line was too long
      ann > PING ${"x".repeat(506)}
      ann < :irc.test 417 ann :Input line was too long
      ann > @foo=bar;+baz=${"a".repeat(4081)} TAGMSG ann
      ann < @msgid=m1;+baz=${"a".repeat(4081)} :ann!~ann@h TAGMSG ann
      ann < @msgid=m1;+baz=${"a".repeat(4081)} :ann!~ann@h TAGMSG ann
      ann > @foo=bar;+baz=${"a".repeat(4082)} TAGMSG ann
      ann < :irc.test 417 ann :Input line was too long`,
  },
]);

const MALFORMED: readonly [name: string, line: string | Uint8Array, answers: readonly string[]][] =
  [
    ["invalid UTF-8", bytesOf("PRIVMSG ann :hi", 0xaa), [
      ":irc.test FAIL PRIVMSG INVALID_UTF8 :Message rejected, your software must use UTF-8 on this network",
    ]],
    ["invalid UTF-8 in the label and the text", bytesOf("@label=x USER a b c :", 0xff), [
      "@label=x :irc.test FAIL USER INVALID_UTF8 :Message rejected, your software must use UTF-8 on this network",
    ]],
    ["invalid UTF-8 in the verb", bytesOf("", 0xc3), [
      ":irc.test FAIL * INVALID_UTF8 :Message rejected, your software must use UTF-8 on this network",
    ]],
    ["invalid UTF-8 in a NOTICE", bytesOf("NOTICE ann :hi", 0xaa), []],
    ["NUL", "PRIVMSG ann :a\0b", [":irc.test 421 ann PRIVMSG :Malformed line"]],
    ["CR inside", "PRIVMSG ann :a\rQUIT", [":irc.test 421 ann PRIVMSG :Malformed line"]],
    ["LF inside", "PRIVMSG ann :a\nQUIT", [":irc.test 421 ann PRIVMSG :Malformed line"]],
    ["NUL in a NOTICE", "NOTICE ann :a\0b", []],
    ["an empty line", "", []],
    ["spaces", "   ", []],
    ["a source and nothing else", ":ann", [":irc.test 421 ann * :Malformed line"]],
    ["tags and nothing else", "@a=b", [":irc.test 421 ann * :Malformed line"]],
    ["a verb with punctuation", "GET/ HTTP/1.1", [":irc.test 421 ann GET/ :Malformed line"]],
    ["the same behind tags and a source", "@a :b  FOO-BAR x", [
      ":irc.test 421 ann FOO-BAR :Malformed line",
    ]],
    ["no verb, but a label", "@label=x FOO-BAR y", [
      "@label=x :irc.test 421 ann FOO-BAR :Malformed line",
    ]],
    ["a label and nothing else", "@label=x", ["@label=x :irc.test 421 ann * :Malformed line"]],
    ["a verb that ends in a control character", "FOO\x1b[2J x", [
      ":irc.test 421 ann FOO :Malformed line",
    ]],
    ["a long verb with punctuation", `${"x".repeat(40)}- y`, [
      `:irc.test 421 ann ${"x".repeat(32)} :Malformed line`,
    ]],
    ["another protocol", "GET / HTTP/1.1", [":irc.test 421 ann GET :Unknown command"]],
    ["a byte order mark", "\ufeffPING x", [":irc.test 421 ann * :Malformed line"]],
  ];

for (const [name, line, answers] of MALFORMED) {
  Deno.test({
    name: `malformed line: ${name}`,
    permissions: "none",
    timeout: 10_000,
    fn(): void {
      const driver = new ChatDriver();
      driver.register("ann", "labeled-response batch");
      driver.send("ann", line);
      assertEquals(driver.take("ann"), [...answers]);
      driver.play(`
        ann > PING alive
        ann < :irc.test PONG irc.test :alive`);
    },
  });
}

function bytesOf(text: string, last: number): Uint8Array {
  return Uint8Array.of(...new TextEncoder().encode(text), last);
}
