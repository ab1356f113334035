import { scripts } from "../support/project.ts";
import { usageOf } from "../support/usage.ts";
import type { Contest, Entry, Figures, Suite } from "./contest.ts";
import { absence, launch, ours, peer, type Spawn } from "./launch.ts";
import { compileTool, LoadTool } from "./tools.ts";

const FOLDER = ".test/bench";
const MIB = 1024 * 1024;
/** Who comes at once, and leaves at once. */
const CROWD = 2_000;

/** Flood control would be all that is measured: it is out of reach for ours and off for the other. */
const OUR_CONFIG = {
  limits: { connectionsPerHost: 0, floodBurst: 1_000_000, floodRate: 1_000_000 },
};

/** Somebody who speaks IRC. */
interface ChatServer {
  readonly name: string;
  readonly ours?: boolean;
  readonly absent?: string | undefined;
  readonly spawn: Spawn;
}

/** What the load tool is told: `fan-out 100 10`. */
type Load = readonly [
  mode: "fan-out" | "storm" | "rush" | "idle",
  members: number,
  number: number,
];

/** Chat: lines to many, and comings and goings before many. */
export async function chatSuite(seconds: number): Promise<Suite> {
  const suite = { name: "chat", title: "Chat (IRC)" } as const;
  if (!scripts().some(({ name }) => name === "chat-server")) {
    return { ...suite, absent: "not there yet", contests: [] };
  }
  if (await compileTool("tools/irc_load") === undefined) {
    return { ...suite, absent: "no C compiler, or not Linux", contests: [] };
  }
  const servers = await takingPart();
  return {
    ...suite,
    contests: [
      fanOut(servers, "chat-window", 100, 10, seconds),
      fanOut(servers, "chat-crowd", 1_000, 10, seconds),
      fanOut(servers, "chat-line", 100, 1, seconds),
      storm(servers, seconds),
      rush(servers),
      idle(servers),
    ],
  };
}

async function takingPart(): Promise<ChatServer[]> {
  Deno.mkdirSync(FOLDER, { recursive: true });
  const config = `${FOLDER}/chat.json`;
  Deno.writeTextFileSync(config, JSON.stringify(OUR_CONFIG));
  const flags = ["--config", config];
  return [
    {
      name: "chat-server",
      ours: true,
      spawn: ours("chat-server", flags, { grants: [`--allow-read=${config}`] }),
    },
    { name: "ngIRCd", absent: await absence("ngircd"), spawn: peer(ngircd) },
  ];
}

/** Writes a configuration for this port, for there are no flags, and says how to start with it. */
function ngircd(port: number): string[] {
  const config = `${FOLDER}/ngircd.conf`;
  Deno.writeTextFileSync(
    config,
    `[Global]
Name = irc.bench.test
Info = Benchmark
Listen = 127.0.0.1
Ports = ${port}
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
`,
  );
  return ["ngircd", "--nodaemon", "--config", `${Deno.cwd()}/${config}`];
}

function fanOut(
  servers: readonly ChatServer[],
  id: string,
  members: number,
  window: number,
  seconds: number,
): Contest {
  return {
    id,
    title: `One speaks, ${members} hear: ${
      window === 1 ? "line by line" : `${window} lines at a time`
    }`,
    method: "The next lines are said when everybody has heard the last ones; " +
      "every line is checked for its place. All limits are on, flood control beyond reach.",
    columns: [
      { key: "deliveries", title: "deliveries/s", better: "more" },
      { key: "cpu", title: "server CPU us/delivery", better: "less" },
      { key: "p50", title: "p50 ms" },
      { key: "p99", title: "p99 ms", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: servers.map((server) => asEntry(server, ["fan-out", members, window], seconds)),
  };
}

function storm(servers: readonly ChatServer[], seconds: number): Contest {
  return {
    id: "chat-storm",
    title: "20 visitors join and part without end before 500 members",
    method:
      "Every member hears of every visit; none may be missing. p50 and p99 are a visitor's wait " +
      "from JOIN to the end of the list of names.",
    columns: [
      { key: "visits", title: "visits/s", better: "more" },
      { key: "deliveries", title: "deliveries/s" },
      { key: "cpu", title: "server CPU us/delivery", better: "less" },
      { key: "p50", title: "p50 ms" },
      { key: "p99", title: "p99 ms", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: servers.map((server) => asEntry(server, ["storm", 500, 20], seconds)),
  };
}

function rush(servers: readonly ChatServer[]): Contest {
  return {
    id: "chat-rush",
    title: `${CROWD.toLocaleString("en-US")} clients join one channel at once, and quit at once`,
    method: "Time until everybody has heard of every arrival, and then of every departure before " +
      "its own: four million lines, none missing.",
    columns: [
      { key: "seconds", title: "seconds", better: "less" },
      { key: "deliveries", title: "deliveries/s" },
      { key: "cpu", title: "server CPU us/delivery", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: servers.map((server) => asEntry(server, ["rush", CROWD, CROWD], 0)),
  };
}

function idle(servers: readonly ChatServer[]): Contest {
  return {
    id: "chat-idle",
    title: `${CROWD.toLocaleString("en-US")} registered clients that say nothing`,
    method: "Memory of the server with the clients, less that without any.",
    columns: [
      { key: "kibibytes", title: "KiB/client", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: servers.map(({ name, ours, absent, spawn }) => ({
      name,
      ...ours && { ours },
      ...absent !== undefined && { absent },
      measure: () => measureIdle(spawn),
    })),
  };
}

function asEntry({ name, ours, absent, spawn }: ChatServer, load: Load, seconds: number): Entry {
  return {
    name,
    ...ours && { ours },
    ...absent !== undefined && { absent },
    measure: () => measure(spawn, load, seconds),
  };
}

async function measure(spawn: Spawn, load: Load, seconds: number): Promise<Figures> {
  await using server = await launch(spawn);
  await using tool = await LoadTool.start("irc_load", [server.port, ...load, seconds]);
  const before = await usageOf(server.pid);
  const { deliveries = 0, visits = 0, seconds: took = 1, p50 = 0, p99 = 0 } = await tool.go();
  const after = await usageOf(server.pid);
  return {
    deliveries: deliveries / took,
    visits: visits / took,
    seconds: took,
    p50: p50 / 1_000,
    p99: p99 / 1_000,
    ...before && after && {
      cpu: (after.cpu - before.cpu) / deliveries * 1e6,
      memory: after.memory / MIB,
    },
  };
}

async function measureIdle(spawn: Spawn): Promise<Figures> {
  await using server = await launch(spawn);
  const before = await usageOf(server.pid);
  await using tool = await LoadTool.start("irc_load", [server.port, "idle", CROWD, 0, 0]);
  const after = await usageOf(server.pid);
  await tool.release();
  if (before === undefined || after === undefined) throw new Error("This system has no /proc");
  return {
    kibibytes: (after.memory - before.memory) / CROWD / 1024,
    memory: after.memory / MIB,
  };
}
