import { assertEquals, assertGreater } from "@std/assert";
import { STATUS } from "../../../lib/chat/channel.ts";
import type { ChatState } from "../../../lib/chat/state.ts";
import { ChatDriver } from "../../support/chat_driver.ts";
import { ChatModel } from "../../support/chat_model.ts";
import { ChatObserver } from "../../support/chat_observer.ts";
import { Random } from "../../support/random.ts";

const SEATS = ["s1", "s2", "s3", "s4", "s5", "s6"] as const;
const NICKS = ["ann", "bob", "cid", "dan", "eve", "fay", "gil", "hal"];
const CHANNELS = ["#a", "#b", "#c"];
const STEPS = 8000;

/** Commands by weight: bans and invitations need members without a status to show. */
const VERBS = [
  ...["NICK", "NICK", "QUIT", "PART", "KICK", "TOPIC", "INVITE", "INVITE"],
  ...["PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "PRIVMSG", "MODE", "MODE", "MODE"],
  ...["JOIN", "JOIN", "JOIN", "JOIN", "JOIN"],
];

/** One run: the chat, the model, what each client saw, and who sits where. */
class Run {
  readonly driver = new ChatDriver();
  readonly model = new ChatModel();
  readonly observers = new Map<string, ChatObserver>();
  readonly seats = new Map<string, string>();

  constructor(readonly random: Random) {
    for (const seat of SEATS) this.sit(seat);
  }

  /** A new connection takes a seat, with a nickname that is free. */
  sit(seat: string): void {
    const free = NICKS.filter((nick) => !this.model.nicks.has(nick));
    const nick = this.random.pick(free);
    this.driver.connect(seat);
    this.driver.send(seat, "CAP REQ :multi-prefix");
    for (const line of [`NICK ${nick}`, "USER u 0 * :U", "CAP END"]) this.driver.send(seat, line);
    this.driver.forget();
    this.model.nicks.set(nick, nick);
    this.seats.set(seat, nick);
    this.observers.set(seat, new ChatObserver(nick));
  }

  /** A random command for the chat and for the model; returns the line, for messages. */
  step(round: number): string {
    const { random, model } = this;
    const channel = random.pick(CHANNELS);
    const target = random.pick(NICKS);
    this.#abandon(channel);
    const verb = random.pick(VERBS);
    // Mostly those change modes who may.
    const runs = SEATS.filter((seat) => model.runs(this.seats.get(seat) ?? "", channel));
    const seat = verb === "MODE" && runs.length > 0 && random.integer(0, 4) > 0
      ? random.pick(runs)
      : random.pick(SEATS);
    const nick = this.seats.get(seat) ?? "";
    const line = this.command(verb, seat, nick, channel, target, round);
    const hearers = line.startsWith("PRIVMSG") ? model.hearers(nick, channel) : [];
    this.driver.send(seat, line);
    for (const [other, observer] of this.observers) {
      for (const received of this.driver.take(other)) {
        if (received.startsWith("(closed")) continue;
        observer.see(received);
      }
      const hears = hearers.includes(this.seats.get(other) ?? "");
      const label = `who hears step ${round} of seed ${random.seed}: ${line}`;
      assertEquals(observer.heard.splice(0), hears ? [`${channel} ${round}`] : [], label);
    }
    if (line === "QUIT") this.sit(seat);
    return `${nick} > ${line}`;
  }

  /** Where nobody is left to change modes, nothing happens any more: everyone leaves. */
  #abandon(channel: string): void {
    const members = this.model.channels.get(channel)?.members ?? new Map<string, string>();
    if ([...members.values()].some((status) => status.includes("o"))) return;
    for (const [seat, nick] of this.seats) {
      if (!members.has(nick)) continue;
      this.driver.send(seat, `PART ${channel}`);
      this.model.part(nick, channel);
    }
  }

  /** Chooses a command, tells it to the model and returns the line for the chat. */
  command(
    verb: string,
    seat: string,
    nick: string,
    channel: string,
    target: string,
    round: number,
  ): string {
    const { random, model } = this;
    switch (verb) {
      case "NICK": {
        const wanted = random.integer(0, 1) === 0 ? target : target.toUpperCase();
        if (model.nick(nick, wanted)) this.seats.set(seat, target);
        return `NICK ${wanted}`;
      }
      case "QUIT":
        if (random.integer(0, 5) > 0) return "PING x";
        model.quit(nick);
        return "QUIT";
      case "PART":
        model.part(nick, channel);
        return `PART ${channel.toUpperCase()}`;
      case "KICK":
        model.kick(nick, channel, target);
        return `KICK ${channel} ${target.toUpperCase()}`;
      case "INVITE":
        model.invite(nick, channel, target);
        return `INVITE ${target} ${channel}`;
      case "TOPIC":
        model.topic(nick, channel, `${round}`);
        return `TOPIC ${channel} :${round}`;
      case "PRIVMSG":
        return `PRIVMSG ${channel} :${round}`;
      case "MODE":
        return this.mode(nick, channel, target);
      default: {
        const key = random.pick(["", "one", "two"]);
        model.join(nick, channel, key);
        return `JOIN ${channel} ${key}`;
      }
    }
  }

  mode(nick: string, channel: string, target: string): string {
    const { random, model } = this;
    const sign = random.pick(["+", "-"]);
    const letter = random.pick([..."oovimmnstklbbbb"]);
    const param = letter === "k"
      ? random.pick(["one", "two"])
      : letter === "l"
      ? `${random.integer(1, 4)}`
      : target;
    model.mode(nick, channel, sign, letter, param);
    const written = "imnst".includes(letter) || (letter === "l" && sign === "-") ? "" : ` ${param}`;
    return `MODE ${channel} ${sign}${letter}${written}`;
  }
}

/** What the chat holds, in the form of the model. */
function snapshot(chat: ChatState): Map<string, unknown> {
  const channels = new Map<string, unknown>();
  for (const channel of chat.channels.values()) {
    const members = [...channel.members.values()].map(({ client, status }) => {
      const letters = ((status & STATUS.operator) !== 0 ? "o" : "") +
        ((status & STATUS.voice) !== 0 ? "v" : "");
      return `${client.key}:${letters}`;
    });
    channels.set(channel.key, {
      members: members.sort(),
      flags: [...channel.flags].sort().join(""),
      key: channel.userKey ?? "",
      limit: channel.userLimit ?? Infinity,
      bans: [...channel.lists.b.entries()].map(({ mask }) => mask).sort(),
      invited: [...chat.clients].filter((client) => client.invites.has(channel)).map((client) =>
        `${client.key}:${client.invites.get(channel)}`
      ).sort(),
      topic: channel.topic?.text ?? "",
    });
  }
  return new Map([...channels].sort(([one], [other]) => one < other ? -1 : 1));
}

/** The same of the model. */
function expectation(model: ChatModel): Map<string, unknown> {
  const channels = new Map<string, unknown>();
  for (const [name, channel] of model.channels) {
    channels.set(name, {
      members: [...channel.members].map(([nick, status]) => `${nick}:${status}`).sort(),
      flags: channel.flags,
      key: channel.key,
      limit: channel.limit,
      bans: [...channel.bans].map((nick) => `${nick}!*@*`).sort(),
      invited: [...channel.invited].map(([nick, byOperator]) => `${nick}:${byOperator}`).sort(),
      topic: channel.topic,
    });
  }
  return new Map([...channels].sort(([one], [other]) => one < other ? -1 : 1));
}

Deno.test({
  name: "random commands of six clients: state, views and deliveries agree with a naive model",
  permissions: "none",
  timeout: 60_000,
  fn(): void {
    const random = new Random();
    const run = new Run(random);
    const { chat } = run.driver;
    const history: string[] = [];
    let places = 0;

    for (let round = 0; round < STEPS; round++) {
      let label = `seed ${random.seed} step ${round}, after ${history.slice(-8).join(" | ")}`;
      history.push(run.step(round));
      label = `seed ${random.seed} step ${round}: ${
        history.slice(-8).join(" | ")
      }; before: ${label}`;
      assertEquals(
        [...chat.nicks.values()].map(({ nick }) => nick).sort(),
        [...run.model.nicks.values()].sort(),
        label,
      );
      assertEquals(snapshot(chat), expectation(run.model), label);
      for (const [seat, observer] of run.observers) {
        const nick = run.seats.get(seat) ?? "";
        const there = [...run.model.channels].filter(([, { members }]) => members.has(nick));
        places += there.length;
        const truth = new Map(there.map(([name, { members }]) => [name, members]));
        assertEquals(sorted(observer.channels), sorted(truth), `what ${nick} saw, ${label}`);
      }
    }
    // A run in which nobody is anywhere would prove nothing.
    assertGreater(places, STEPS, `seed ${random.seed}`);
  },
});

function sorted(channels: ReadonlyMap<string, ReadonlyMap<string, string>>): unknown {
  return [...channels].map(([name, members]) => `${name}: ${[...members].sort().join(" ")}`).sort();
}
