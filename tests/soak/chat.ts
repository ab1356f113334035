import { encodeUtf8 } from "../../lib/codec/text.ts";
import { writeAll } from "../../lib/net/write_all.ts";
import { type Server, startServer } from "../support/process.ts";
import type { Random } from "../support/random.ts";
import { nastyLines } from "./lines.ts";
import { crowd, streamTorments, visit } from "./stream_torments.ts";
import type { Scene, Torment, Torture } from "./torture.ts";

/** How long an answer may take, in milliseconds: the machine is busy. */
const PATIENCE_MS = 10_000;

/** Commands of all kinds, some of them as no client would write them. */
const COMMANDS = [
  "JOIN #a,#b,#c",
  "JOIN 0",
  "PART #a :\x02bye",
  "PRIVMSG #a :hello \x1b[31mthere\u202e",
  "PRIVMSG #a,#b,#c,nobody :all of you",
  "NOTICE #b :\x01VERSION\x01",
  "TOPIC #a :a topic of its own",
  "MODE #a +blkov *!*@* 3 key nobody nobody",
  "MODE #a +b",
  "NAMES",
  "LIST >1",
  "WHO #a %tcuihsnfdlar,1",
  "WHOIS nobody,nobody",
  "WHOWAS nobody 1",
  "KICK #a nobody :out",
  "INVITE nobody #a",
  "AWAY :not \x07here",
  "NICK [weird]^name",
  "USERHOST a b c d e f",
  "OPER root toor",
  "CAP REQ :message-tags server-time nonsense",
  "@+draft/x=y TAGMSG #a",
  "PING :1 2 3",
  "QUIT :gone",
] as const;

function nickname(random: Random): string {
  return `n${random.uint32().toString(36)}`;
}

/** Somebody who registers and then says anything. */
function speech(random: Random): Uint8Array<ArrayBuffer> {
  if (random.integer(0, 9) === 0) return nastyLines(random);
  const nick = nickname(random);
  const commands = Array.from({ length: random.integer(1, 30) }, () => random.pick(COMMANDS));
  return encodeUtf8([`NICK ${nick}`, `USER ${nick} 0 * :Soak`, ...commands, ""].join("\r\n"));
}

const STORM: Torment = {
  name: "storm of joins and quits",
  async bout(scene): Promise<void> {
    await crowd(scene, 100, ({ server, random, rest }) =>
      visit(server, async (conn) => {
        const nick = nickname(random);
        await say(conn, `NICK ${nick}`, `USER ${nick} 0 * :Storm`, "JOIN #storm");
        await rest(random.integer(0, 500));
        // Half of them say goodbye, the others are just gone.
        if (random.integer(0, 1) === 0) await say(conn, "PART #storm", "JOIN #storm", "QUIT :bye");
      }));
  },
};

const DEAF: Torment = {
  name: "listeners who do not read",
  async bout(scene): Promise<void> {
    const line = `PRIVMSG #deaf :${"x".repeat(400)}`;
    const enter = async (conn: Deno.Conn, random: Random): Promise<void> => {
      const nick = nickname(random);
      await say(conn, `NICK ${nick}`, `USER ${nick} 0 * :Deaf`, "JOIN #deaf");
    };
    const deaf = crowd(scene, 10, ({ server, random, rest }) =>
      visit(server, async (conn) => {
        await enter(conn, random);
        await rest(2_500);
      }));
    const speaking = crowd(scene, 3, ({ server, random }) =>
      visit(server, async (conn) => {
        await enter(conn, random);
        for (let i = 0; i < 500; i++) await say(conn, line, line, line, line);
      }));
    await Promise.all([deaf, speaking]);
  },
};

/** A client that is gone may have lines in the queue; it is asked for a PONG, and found missing, this soon. */
const PINGS = { connectionsPerHost: 0, pingInterval: 5, pingTimeout: 5 };

/** The chat server, with flood control as everybody has it. */
export const CHAT: Torture = {
  name: "chat-server",
  start: () => startChat("soak_chat.json", PINGS),
  torments: [STORM, DEAF, ...streamTorments(speech)],
  prove,
};

/** The chat server without it: queues overflow, and channels are loud. */
export const LOUD_CHAT: Torture = {
  name: "chat-server without flood control",
  start: () =>
    startChat("soak_loud_chat.json", { ...PINGS, floodBurst: 1_000_000, floodRate: 1_000_000 }),
  torments: [STORM, DEAF],
  prove,
};

function startChat(name: string, limits: Readonly<Record<string, number>>): Promise<Server> {
  Deno.mkdirSync(".test", { recursive: true });
  const config = `.test/${name}`;
  Deno.writeTextFileSync(config, JSON.stringify({ limits }));
  return startServer("chat-server", ["--config", config], { grants: [`--allow-read=${config}`] });
}

/** Two who meet: what one says, the other hears. */
async function prove({ server, random }: Scene): Promise<void> {
  using ann = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  using bob = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const channel = `#p${random.uint32()}`;
  const words = `Wake up, ${random.uint32()}`;
  for (const conn of [ann, bob]) {
    const nick = nickname(random);
    await say(conn, `NICK ${nick}`, `USER ${nick} 0 * :Proof`, `JOIN ${channel}`);
    await hear(conn, ` 366 ${nick} ${channel} `);
  }
  await say(ann, `PRIVMSG ${channel} :${words}`);
  await hear(bob, ` PRIVMSG ${channel} :${words}\r\n`);
  await say(bob, "QUIT :proved");
  await hear(bob, "ERROR :");
}

async function say(conn: Deno.Conn, ...lines: string[]): Promise<void> {
  await writeAll(conn, encodeUtf8(`${lines.join("\r\n")}\r\n`));
}

/** Reads until something was said, or for so long as an answer may take. */
async function hear(conn: Deno.Conn, what: string): Promise<void> {
  const timer = setTimeout(() => conn.close(), PATIENCE_MS);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4_096);
  let heard = "";
  try {
    for (let count; (count = await conn.read(buffer)) !== null;) {
      heard += decoder.decode(buffer.subarray(0, count), { stream: true });
      if (heard.includes(what)) return;
    }
  } catch (error) {
    throw new Error(`Cannot hear "${what}": ${error}; but: ${heard}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`Cannot hear "${what}": the server closed; but: ${heard}`);
}
