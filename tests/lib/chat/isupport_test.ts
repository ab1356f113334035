/**
 * ISUPPORT tells the truth: each token is put to the test against the commands that it speaks of.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { DEFAULT_LIMITS } from "../../../lib/chat/limits.ts";
import { ChatDriver, TEST_CONFIG } from "../../support/chat_driver.ts";

/** Small numbers, all different, so that a test can go up to each and one further. */
const LIMITS = {
  ...DEFAULT_LIMITS,
  nick: 9,
  user: 10,
  host: 17,
  realname: 21,
  channel: 11,
  key: 7,
  topic: 31,
  kick: 23,
  away: 25,
  channels: 3,
  listEntries: 2,
  targets: 5,
  modes: 4,
};

/** A server, somebody who runs #a, and a member of it. */
class Stage extends ChatDriver {
  constructor() {
    super({ limits: LIMITS });
    this.register("ann");
    this.register("bob");
    for (const row of ["ann JOIN #a", "bob JOIN #a"]) {
      const [name = "", ...words] = row.split(" ");
      this.send(name, words.join(" "));
    }
    this.forget();
  }

  /** What a client gets for a line of its own, by the verbs. */
  ask(line: string, name = "ann"): string[] {
    this.forget();
    this.send(name, line);
    return this.take(name);
  }

  /** The numerics and verbs of that. */
  verbs(line: string, name = "ann"): string {
    return this.ask(line, name).map((answer) => answer.split(" ")[1]).join(" ");
  }
}

/** The tokens as a client reads them. */
function tokensOf(driver: ChatDriver): Map<string, string> {
  driver.send("ann", "VERSION");
  const lines = driver.take("ann").filter((line) => / 005 /.test(line));
  const words = lines.flatMap((line) => {
    const [, tokens = ""] = /^:irc\.test 005 ann (.+) :are supported by this server$/.exec(line) ??
      [];
    const words = tokens.split(" ");
    assert(words.length <= 13, "more than 13 tokens in a line");
    return words;
  });
  return new Map(words.map((word) => {
    const [key = "", ...value] = word.split("=");
    return [key, value.join("=")];
  }));
}

const long = (length: number): string => "x".repeat(length);

/** Shows that a text is cut to so many bytes: the command before the text, and where it comes out. */
function cutsTo(limit: string, send: (text: string) => string | undefined): void {
  const length = Number(limit);
  assertEquals(send(long(length + 5)), long(length), "cut");
  assertEquals(send(long(length)), long(length), "left as it is");
}

const text = (line: string | undefined): string | undefined => line?.split(" :")[1];

/** Each token, and what shows that its value is true. */
const PROOFS: Readonly<Record<string, (stage: Stage, value: string) => void>> = {
  AWAYLEN(stage, value): void {
    cutsTo(value, (away) => {
      stage.send("bob", `AWAY :${away}`);
      return text(stage.ask("PRIVMSG bob :hi")[0]);
    });
  },
  BOT(stage, value): void {
    stage.send("bob", `MODE bob +${value}`);
    assertEquals(stage.verbs("WHOIS bob").includes("335"), true);
    assertEquals(stage.ask("WHO bob")[0]!.split(" ")[8], `H${value}`);
  },
  CASEMAPPING(stage, value): void {
    assertEquals(value, "ascii");
    stage.send("bob", "NICK b[b");
    assertEquals(stage.verbs("ISON B[B"), "303");
    assertEquals(stage.ask("ISON B[B")[0], ":irc.test 303 ann :b[b");
    assertEquals(stage.ask("ISON B{B")[0], ":irc.test 303 ann :");
  },
  CHANLIMIT(stage, value): void {
    const [types = "", count] = value.split(":");
    const names = Array.from({ length: Number(count) }, (_, index) => `${types}n${index}`);
    stage.send("ann", "JOIN 0");
    for (const name of names) assertEquals(stage.verbs(`JOIN ${name}`), "JOIN 353 366");
    assertEquals(stage.verbs(`JOIN ${types}more`), "405");
  },
  CHANMODES(stage, value): void {
    const [lists = "", both = "", set = "", flags = ""] = value.split(",");
    for (const letter of lists) {
      // A list is shown without a parameter, and changed with one.
      assertEquals(/^\d\d\d$/.test(stage.verbs(`MODE #a ${letter}`)), true, letter);
      assertEquals(stage.verbs(`MODE #a +${letter} x!y@z`), "MODE");
    }
    for (const letter of both) {
      assertEquals(stage.verbs(`MODE #a +${letter}`), "696", letter);
      assertEquals(stage.verbs(`MODE #a +${letter} key`), "MODE");
      assertEquals(stage.ask(`MODE #a -${letter} key`)[0]!.split(" ").length, 5);
    }
    for (const letter of set) {
      assertEquals(stage.verbs(`MODE #a +${letter}`), "696", letter);
      assertEquals(stage.verbs(`MODE #a +${letter} 9`), "MODE");
      assertEquals(stage.ask(`MODE #a -${letter}`)[0]!.split(" ").length, 4);
    }
    for (const letter of flags) {
      // A new channel has some of them already.
      stage.send("ann", `MODE #a -${letter}`);
      assertEquals(stage.ask(`MODE #a +${letter}`)[0]!.split(" ").at(-1), `+${letter}`);
      assertEquals(stage.ask(`MODE #a -${letter}`)[0]!.split(" ").at(-1), `-${letter}`);
    }
    for (const letter of "acdfghjpqruwxyzABCDEFGHJKLMNOPQRSTUVWXYZ") {
      assertEquals(stage.verbs(`MODE #a +${letter} x`), "472", letter);
    }
  },
  CHANNELLEN(stage, value): void {
    const length = Number(value) - 1;
    assertEquals(stage.verbs(`JOIN #${long(length)}`), "JOIN 353 366");
    assertEquals(stage.verbs(`JOIN #${long(length + 1)}`), "403");
  },
  CHANTYPES(stage, value): void {
    for (const type of "#&+!") {
      const joins = stage.verbs(`JOIN ${type}x`).startsWith("JOIN");
      assertEquals(joins, value.includes(type), type);
    }
  },
  ELIST(stage, value): void {
    assertEquals([...value].sort().join(""), "CMNTU");
    stage.env.now += 10 * 60_000;
    stage.send("ann", "TOPIC #a :old");
    stage.env.now += 10 * 60_000;
    stage.send("ann", "JOIN #new");
    const listed = (filter: string): string => {
      const lines = stage.ask(`LIST ${filter}`).filter((line) => / 322 /.test(line));
      return lines.map((line) => line.split(" ")[3]).join(" ");
    };
    const rows = [["C>5", "#a"], ["C<5", "#new"], ["T>5", "#a"], ["T<5", ""], ["#n*", "#new"]];
    rows.push(["!#n*", "#a"], [">1", "#a"], ["<2", "#new"], ["", "#a #new"]);
    for (const [filter = "", expected = ""] of rows) assertEquals(listed(filter), expected, filter);
  },
  EXCEPTS(stage, value): void {
    stage.send("ann", "MODE #a +b cid!*@*");
    stage.register("cid");
    assertEquals(stage.verbs("JOIN #a", "cid"), "474");
    stage.send("ann", `MODE #a +${value} cid!*@*`);
    assertEquals(stage.verbs("JOIN #a", "cid"), "JOIN 353 366");
  },
  HOSTLEN(stage, value): void {
    stage.register("cid", "", long(100));
    const host = stage.ask("WHOIS cid")[0]!.split(" ")[5]!;
    assert(host.length <= Number(value), host);
  },
  INVEX(stage, value): void {
    stage.send("ann", "MODE #a +i");
    stage.register("cid");
    assertEquals(stage.verbs("JOIN #a", "cid"), "473");
    stage.send("ann", `MODE #a +${value} cid!*@*`);
    assertEquals(stage.verbs("JOIN #a", "cid"), "JOIN 353 366");
  },
  KEYLEN(stage, value): void {
    assertEquals(stage.verbs(`MODE #a +k ${long(Number(value) + 1)}`), "696");
    assertEquals(stage.verbs(`MODE #a +k ${long(Number(value))}`), "MODE");
  },
  KICKLEN(stage, value): void {
    cutsTo(value, (comment) => {
      stage.send("bob", "JOIN #a");
      return text(stage.ask(`KICK #a bob :${comment}`)[0]);
    });
  },
  MAXLIST(stage, value): void {
    for (const [letters = "", count] of value.split(",").map((part) => part.split(":"))) {
      for (let entry = 0; entry < Number(count); entry++) {
        assertEquals(stage.verbs(`MODE #a +${letters} ${entry}!*@*`), "MODE");
      }
      assertEquals(stage.verbs(`MODE #a +${letters} more!*@*`), "478", letters);
    }
  },
  MAXTARGETS(stage, value): void {
    assertEquals(Number(value), LIMITS.targets);
    proveTargets(stage, "PRIVMSG", Number(value));
  },
  MODES(stage, value): void {
    const count = Number(value);
    stage.register("cid");
    stage.send("cid", "JOIN #a");
    const line = `MODE #a +${"ov".repeat(count)} ${"bob cid ".repeat(count)}`;
    const [, , , letters = ""] = stage.ask(line)[0]!.split(" ");
    assertEquals(letters.replace("+", "").length <= count, true);
    const masks = Array.from({ length: LIMITS.listEntries }, (_, index) => `${index}!*@*`);
    const changes = stage.ask(`MODE #a +bbkl ${masks.join(" ")} key 9`)[0]!.split(" ");
    assertEquals(changes.slice(3), ["+bbkl", ...masks, "key", "9"]);
  },
  NAMELEN(stage, value): void {
    assertEquals(stage.verbs(`SETNAME :${long(Number(value) + 1)}`), "FAIL");
    stage.send("ann", `SETNAME :${long(Number(value))}`);
    assertEquals(text(stage.ask("WHOIS ann")[0]), long(Number(value)));
  },
  NETWORK(stage, value): void {
    stage.connect("cid");
    stage.send("cid", "NICK cid");
    stage.send("cid", "USER cid 0 * :cid");
    assertEquals(stage.take("cid")[0]!.includes(` the ${value} Network,`), true);
  },
  NICKLEN(stage, value): void {
    assertEquals(stage.verbs(`NICK ${long(Number(value) + 1)}`), "432");
    assertEquals(stage.verbs(`NICK ${long(Number(value))}`), "NICK");
  },
  PREFIX(stage, value): void {
    const [, letters = "", characters = ""] = /^\((\w+)\)(.+)$/.exec(value)!;
    assertEquals(letters.length, characters.length);
    [...letters].forEach((letter, index) => {
      assertEquals(stage.verbs(`MODE #a +${letter} bob`), "MODE");
      const names = stage.ask("NAMES #a").find((line) => / 353 /.test(line))!;
      assertEquals(names.includes(`${characters[index]}bob`), true, letter);
      stage.send("ann", `MODE #a -${letter} bob`);
    });
  },
  STATUSMSG(stage, value): void {
    stage.send("ann", "MODE #a +v bob");
    for (const prefix of value) {
      stage.forget();
      stage.send("ann", `PRIVMSG ${prefix}#a :hi`);
      assertEquals(stage.take("bob").length, prefix === "+" ? 1 : 0, prefix);
    }
  },
  TARGMAX(stage, value): void {
    for (const [verb = "", count = ""] of value.split(",").map((part) => part.split(":"))) {
      if (count !== "") proveTargets(stage, verb, Number(count));
    }
    stage.send("ann", "JOIN 0");
    const names = Array.from({ length: LIMITS.channels }, (_, index) => `#n${index}`).join(",");
    assertEquals(stage.verbs(`JOIN ${names}`), Array(3).fill("JOIN 353 366").join(" "));
    assertEquals(stage.verbs(`LIST ${names}`), "321 322 322 322 323");
    assertEquals(stage.verbs(`PART ${names}`), "PART PART PART");
  },
  TOPICLEN(stage, value): void {
    cutsTo(value, (topic) => text(stage.ask(`TOPIC #a :${topic}`)[0]));
  },
  USERLEN(stage, value): void {
    stage.connect("cid");
    stage.send("cid", `USER ${long(50)} 0 * :cid`);
    stage.send("cid", "NICK cid");
    assertEquals(stage.ask("WHOIS cid")[0]!.split(" ")[4]!.length, Number(value));
  },
  UTF8ONLY(stage): void {
    stage.forget();
    stage.send("ann", Uint8Array.from("PRIVMSG bob :\xff", (char) => char.charCodeAt(0)));
    assertEquals(stage.take("ann")[0]!.startsWith(":irc.test FAIL PRIVMSG INVALID_UTF8 :"), true);
    assertEquals(stage.take("bob"), []);
  },
  WHOX(stage): void {
    assertEquals(stage.ask("WHO #a %tn,42")[0], ":irc.test 354 ann 42 ann");
  },
};

/** So many targets are served, and the next one is refused with 407. */
function proveTargets(stage: Stage, verb: string, count: number): void {
  const others = Array.from({ length: count + 1 }, (_, index) => `t${index}`);
  for (const name of others) {
    if (!stage.clients.has(name)) stage.register(name);
    stage.send(name, "JOIN #a");
  }
  const lines: Readonly<Record<string, string>> = {
    KICK: `KICK #a ${others.join(",")}`,
    LIST: `LIST ${others.map((name) => `*${name}*`).join(",")}`,
    NAMES: `NAMES ${others.map((name) => `#${name}`).join(",")}`,
    NOTICE: `NOTICE ${others.join(",")} :hi`,
    PRIVMSG: `PRIVMSG ${others.join(",")} :hi`,
    TAGMSG: `@+a TAGMSG ${others.join(",")}`,
    WHOIS: `WHOIS ${others.join(",")}`,
    WHOWAS: "WHOWAS t0,t1",
  };
  stage.send("ann", "CAP REQ message-tags");
  for (const name of others) stage.send(name, "CAP REQ message-tags");
  const line = lines[verb];
  assert(line !== undefined, `no proof for TARGMAX of ${verb}`);
  const answers = stage.ask(line).map((answer) => answer.replace(/^@\S+ /, "").split(" ")[1]);
  const served = others.filter((name) => {
    return stage.take(name).some((line) =>
      line.includes(` ${verb} ${name} `) || line.endsWith(`${verb} ${name}`)
    );
  });
  switch (verb) {
    case "NOTICE":
    case "PRIVMSG":
    case "TAGMSG":
      assertEquals(served.length, count, verb);
      assertEquals(answers.join(), verb === "NOTICE" ? "" : "407", verb);
      break;
    case "KICK":
      assertEquals(answers.join(" "), `${"KICK ".repeat(count)}407`);
      break;
    case "LIST":
      assertEquals(answers.join(" "), "407 321 323");
      break;
    case "NAMES":
      assertEquals(answers.join(" "), `${"366 ".repeat(count)}407`);
      break;
    case "WHOIS":
      assertEquals(answers.filter((numeric) => numeric === "311").length, 1);
      break;
    case "WHOWAS":
      assertEquals(answers.join(" "), "406 369");
  }
}

const all = new ChatDriver({ limits: LIMITS });
all.register("ann");
for (const [token, value] of tokensOf(all)) {
  Deno.test({
    name: `ISUPPORT tells the truth: ${value === "" ? token : `${token}=${value}`}`,
    permissions: "none",
    timeout: 10_000,
    fn(): void {
      const proof = PROOFS[token];
      assert(proof !== undefined, `no proof for the token ${token}`);
      proof(new Stage(), value);
    },
  });
}

Deno.test("ISUPPORT announces all that there is a proof for", {
  timeout: 10_000,
  permissions: "none",
}, () => {
  assertEquals([...tokensOf(all).keys()].sort(), Object.keys(PROOFS).sort());
  assertEquals(tokensOf(all).get("NETWORK"), TEST_CONFIG.network);
});
