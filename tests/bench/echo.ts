import { equalBytes } from "../../lib/codec/bytes.ts";
import type { Contest, Entry, Figures, Suite } from "./contest.ts";
import { absence, launch, ours, peer, pythonPath, type Spawn, withConnection } from "./launch.ts";
import { compileTool, LoadTool } from "./tools.ts";
import { unusedPort } from "../support/peer.ts";
import { usageOf } from "../support/usage.ts";

const PEERS = "tests/bench/peers";
const MIB = 1024 * 1024;
/** Connections of the memory contest; two processes hold an end each. */
const IDLE_CONNECTIONS = 10_000;

/** Somebody who echoes. */
interface Echoer {
  readonly name: string;
  readonly ours?: boolean;
  readonly absent?: string | undefined;
  readonly spawn: Spawn;
  /** Why it cannot hold thousands of idle connections, if so. */
  readonly notIdle?: string;
}

/** TCP echo: load, bulk, memory, start. */
export async function echoSuite(seconds: number): Promise<Suite> {
  const echoers = await takingPart();
  return {
    name: "echo",
    title: "TCP echo",
    contests: [
      loadContest(echoers, "echo-100", 100, seconds),
      loadContest(echoers, "echo-1000", 1_000, seconds),
      bulkContest(echoers, seconds),
      idleContest(echoers),
      startContest(echoers),
    ],
  };
}

async function takingPart(): Promise<Echoer[]> {
  const floor = await compileTool("peers/echo_epoll");
  const python = await pythonPath();
  const [node, python3, ncat, socat] = await Promise.all(
    ["node", "python3", "ncat", "socat"].map(absence),
  );
  const forks = "a process for each connection";
  const asPeer = (
    name: string,
    absent: string | undefined,
    words: (port: number) => readonly string[],
    notIdle?: string,
  ): Echoer => ({ name, absent, spawn: peer(words), ...notIdle && { notIdle } });
  return [
    { name: "echo-server", ours: true, spawn: ours("echo-server") },
    {
      name: "echo-server --workers 2",
      ours: true,
      absent: Deno.build.os === "linux" ? undefined : "needs Linux",
      spawn: ours("echo-server", ["--workers", "2"], {
        grants: ["--allow-read=servers,lib,deno.json"],
      }),
      notIdle: "memory is that of one, and a second event loop",
    },
    asPeer(
      "C, epoll (the floor)",
      floor === undefined ? "no C compiler, or not Linux" : undefined,
      (port) => [floor!, String(port)],
    ),
    asPeer("Node, pipe", node, (port) => ["node", `${PEERS}/echo_node.mjs`, String(port)]),
    asPeer("Python, asyncio", python3, (port) => [
      python,
      `${PEERS}/echo_asyncio.py`,
      String(port),
    ]),
    asPeer("Python, threads", python3, (port) => [
      python,
      `${PEERS}/echo_threads.py`,
      String(port),
    ]),
    asPeer("ncat -k -e cat", ncat, (port) => [
      ...["ncat", "-l", "-k", "--max-conns", "2000", "-e", "/bin/cat"],
      ...["127.0.0.1", String(port)],
    ], forks),
    asPeer("socat, fork EXEC:cat", socat, (port) => [
      "socat",
      `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork,backlog=511,nodelay`,
      "EXEC:cat",
    ], forks),
  ];
}

function loadContest(
  echoers: readonly Echoer[],
  id: string,
  connections: number,
  seconds: number,
): Contest {
  return {
    id,
    title: `${connections.toLocaleString("en-US")} connections, messages of 64 bytes`,
    method: "Closed loop: each connection sends its next message when the last one is back. " +
      "Server and load share the machine.",
    columns: [
      { key: "rate", title: "messages/s", better: "more" },
      { key: "cpu", title: "server CPU us/message", better: "less" },
      { key: "p50", title: "p50 ms" },
      { key: "p99", title: "p99 ms", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: echoers.map((echoer) =>
      asEntry(echoer, () => load(echoer, connections, 64, 1, seconds))
    ),
  };
}

function bulkContest(echoers: readonly Echoer[], seconds: number): Contest {
  const [size, depth] = [64 * 1024, 8];
  return {
    id: "echo-bulk",
    title: "Bulk: 4 connections, 8 messages of 64 KiB on the way on each",
    method: "MB (10^6 bytes) a second that went there and came back.",
    columns: [
      { key: "megabytes", title: "MB/s", better: "more" },
      { key: "cpu", title: "server CPU us/64 KiB", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: echoers.map((echoer) => asEntry(echoer, () => load(echoer, 4, size, depth, seconds))),
  };
}

function idleContest(echoers: readonly Echoer[]): Contest {
  return {
    id: "echo-idle",
    title: `${IDLE_CONNECTIONS.toLocaleString("en-US")} idle connections`,
    method: "Memory of the server with the connections, each used once, less that without any.",
    columns: [
      { key: "kibibytes", title: "KiB/connection", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: echoers.map((echoer) => {
      return asEntry({ ...echoer, absent: echoer.absent ?? echoer.notIdle }, () => idle(echoer));
    }),
  };
}

function startContest(echoers: readonly Echoer[]): Contest {
  return {
    id: "echo-start",
    title: "From the command to the first byte echoed",
    method: "Code caches are warm. Memory is that after the first byte.",
    columns: [
      { key: "start", title: "start ms", better: "less" },
      { key: "memory", title: "memory MiB" },
    ],
    entries: echoers.map((echoer) => asEntry(echoer, () => start(echoer))),
  };
}

function asEntry({ name, ours, absent }: Echoer, measure: () => Promise<Figures>): Entry {
  return { name, ...ours && { ours }, ...absent !== undefined && { absent }, measure };
}

async function load(
  { spawn }: Echoer,
  connections: number,
  size: number,
  depth: number,
  seconds: number,
): Promise<Figures> {
  await using server = await launch(spawn);
  await using tool = await LoadTool.start("echo_load", [
    ...[server.port, connections, size, depth, seconds],
  ]);
  const before = await usageOf(server.pid);
  const { messages = 0, bytes = 0, seconds: took = 1, p50 = 0, p99 = 0 } = await tool.go();
  const after = await usageOf(server.pid);
  return {
    rate: messages / took,
    megabytes: bytes / took / 1e6,
    p50: p50 / 1_000,
    p99: p99 / 1_000,
    ...before && after && {
      cpu: (after.cpu - before.cpu) / messages * 1e6,
      memory: after.memory / MIB,
    },
  };
}

async function idle({ spawn }: Echoer): Promise<Figures> {
  await using server = await launch(spawn);
  const before = await usageOf(server.pid);
  await using tool = await LoadTool.start("echo_load", [server.port, IDLE_CONNECTIONS, 64, 1, 0]);
  const after = await usageOf(server.pid);
  await tool.release();
  if (before === undefined || after === undefined) throw new Error("This system has no /proc");
  return {
    kibibytes: (after.memory - before.memory) / IDLE_CONNECTIONS / 1024,
    memory: after.memory / MIB,
  };
}

async function start({ spawn }: Echoer): Promise<Figures> {
  const port = unusedPort();
  const began = performance.now();
  await using program = spawn(port);
  await withConnection(port, echoOneByte);
  const took = performance.now() - began;
  const usage = await usageOf(program.pid);
  return { start: took, ...usage && { memory: usage.memory / MIB } };
}

async function echoOneByte(conn: Deno.Conn): Promise<void> {
  const [sent, received] = [new Uint8Array([42]), new Uint8Array(1)];
  await conn.write(sent);
  await conn.read(received);
  if (!equalBytes(sent, received)) throw new Error("The first byte came back as another one");
}
