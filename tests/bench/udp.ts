import { equalBytes } from "../../lib/codec/bytes.ts";
import type { Contest, Entry, Figures, Suite } from "./contest.ts";
import { absence, launch, ours, peer, pythonPath, type Spawn } from "./launch.ts";
import { compileTool, LoadTool } from "./tools.ts";
import { usageOf } from "../support/usage.ts";

const PEERS = "tests/bench/peers";
const MIB = 1024 * 1024;

/** Somebody who echoes datagrams. */
interface Echoer {
  readonly name: string;
  readonly ours?: boolean;
  readonly absent?: string | undefined;
  readonly spawn: Spawn;
}

/** UDP echo: small datagrams, and large ones. */
export async function udpSuite(seconds: number): Promise<Suite> {
  const echoers = await takingPart();
  return {
    name: "udp",
    title: "UDP echo",
    contests: [
      loadContest(echoers, { id: "udp-64", sockets: 16, size: 64, depth: 4 }, seconds),
      loadContest(echoers, { id: "udp-1400", sockets: 16, size: 1_400, depth: 4 }, seconds),
    ],
  };
}

async function takingPart(): Promise<Echoer[]> {
  const floor = await compileTool("peers/udp_floor");
  const python = await pythonPath();
  const [node, python3, socat] = await Promise.all(["node", "python3", "socat"].map(absence));
  const script = (command: string, file: string): Spawn =>
    peer((port) => [command, `${PEERS}/${file}`, String(port)]);
  return [
    { name: "udp-echo-server", ours: true, spawn: ours("udp-echo-server") },
    {
      name: "C, recvfrom (the floor)",
      absent: floor === undefined ? "no C compiler, or not Linux" : undefined,
      spawn: peer((port) => [floor!, String(port)]),
    },
    { name: "Node, node:dgram", absent: node, spawn: script("node", "udp_node.mjs") },
    { name: "Python, socket", absent: python3, spawn: script(python, "udp_python.py") },
    { name: "Python, asyncio", absent: python3, spawn: script(python, "udp_asyncio.py") },
    {
      name: "socat, fork EXEC:cat",
      absent: socat,
      spawn: peer((port) => ["socat", `UDP-LISTEN:${port},bind=127.0.0.1,fork`, "EXEC:cat"]),
    },
  ];
}

interface Load {
  readonly id: string;
  readonly sockets: number;
  readonly size: number;
  readonly depth: number;
}

function loadContest(echoers: readonly Echoer[], load: Load, seconds: number): Contest {
  const { id, sockets, size, depth } = load;
  return {
    id,
    title: `${sockets} clients, ${depth} datagrams of ${size.toLocaleString("en-US")} bytes each`,
    method: "Closed loop: a client sends its next datagram when one is back, or has not come for " +
      "100 ms and counts as lost. Each that comes back is compared.",
    columns: [
      { key: "rate", title: "datagrams/s", better: "more" },
      { key: "cpu", title: "server CPU us/datagram", better: "less" },
      { key: "p50", title: "p50 ms" },
      { key: "p99", title: "p99 ms", better: "less" },
      { key: "lost", title: "lost" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: echoers.map(({ name, ours, absent, spawn }): Entry => ({
      name,
      ...ours && { ours },
      ...absent !== undefined && { absent },
      measure: () => measure(spawn, load, seconds),
    })),
  };
}

async function measure(
  spawn: Spawn,
  { sockets, size, depth }: Load,
  seconds: number,
): Promise<Figures> {
  await using server = await launch(spawn, untilItEchoes);
  await using tool = await LoadTool.start("udp_load", [
    ...[server.port, sockets, size, depth, seconds],
  ]);
  const before = await usageOf(server.pid);
  const { messages = 0, lost = 0, seconds: took = 1, p50 = 0, p99 = 0 } = await tool.go();
  const after = await usageOf(server.pid);
  return {
    rate: messages / took,
    lost,
    p50: p50 / 1_000,
    p99: p99 / 1_000,
    ...before && after && {
      cpu: (after.cpu - before.cpu) / messages * 1e6,
      memory: after.memory / MIB,
    },
  };
}

/** Nobody accepts anything here: a datagram is sent again until it is back. */
async function untilItEchoes(port: number): Promise<void> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const sent = crypto.getRandomValues(new Uint8Array(16));
  const ask = (): Promise<number> =>
    socket.send(sent, { transport: "udp", hostname: "127.0.0.1", port });
  const asking = setInterval(ask, 5);
  const end = setTimeout(() => socket.close(), 10_000);
  try {
    await ask();
    const [received] = await socket.receive();
    if (!equalBytes(sent, received)) throw new Error("A datagram came back changed");
    socket.close();
  } finally {
    clearInterval(asking);
    clearTimeout(end);
  }
}
