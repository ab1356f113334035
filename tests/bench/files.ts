import type { Column, Contest, Entry, Figures, Suite } from "./contest.ts";
import { unusedPort } from "../support/peer.ts";
import { usageOf } from "../support/usage.ts";
import { absence, launch, ours, peer, type Running, type Spawn } from "./launch.ts";

const MIB = 1024 * 1024;
const TLS = `${Deno.cwd()}/tests/vectors/tls`;
const CLIENT = `${Deno.cwd()}/clients/file_client.ts`;
/**
 * Where the files are: `source/big.bin` and `source/small/`, to be brought to `target/`. A disk would be
 * all that is measured, so whoever can mounts a tmpfs there before.
 */
const FOLDER = `${Deno.cwd()}/.test/bench/files`;

/** One way to bring files from one place to another. */
interface Way {
  readonly name: string;
  readonly ours?: boolean;
  readonly absent?: string | undefined;
  /** A server that runs before the time does. */
  readonly server?: Spawn;
  /** A shell script that runs before the time does. */
  readonly before?: string;
  /** A shell script that brings them, and ends when they are there; `$PORT` is the server's. */
  readonly script: string;
}

/** What is brought: a name below `source/`, and how many bytes it has. */
interface Cargo {
  readonly name: string;
  readonly bytes: number;
}

const BIG: Cargo = { name: "big.bin", bytes: 1024 * MIB };
const SMALL: Cargo = { name: "small", bytes: 5_000 * 1024 };
/** What is there already when a transfer is resumed. */
const HEAD_BYTES = Math.floor(0.9 * BIG.bytes);

const COLUMNS: readonly Column[] = [
  { key: "speed", title: "MB/s", better: "more" },
  { key: "seconds", title: "seconds" },
  { key: "cpu", title: "CPU s, both sides", better: "less" },
  { key: "memory", title: "server MiB" },
];

/** File transfer: a large file there and back, over TLS, again after a break; and many small ones. */
export async function fileSuite(): Promise<Suite> {
  const suite = { name: "file", title: "File transfer" } as const;
  if (Deno.build.os !== "linux") return { ...suite, absent: "not Linux", contests: [] };
  const [ncat, rsync] = await Promise.all(["ncat", "rsync"].map(absence));
  Deno.mkdirSync(FOLDER, { recursive: true });
  const where = await fileSystem();
  const copy: Way = { name: "cp (no network)", script: "cp -r source/$WHAT target/" };
  const rsyncPut: Way = {
    name: "rsync daemon",
    absent: rsync,
    server: peer(rsyncDaemon),
    script: "rsync -a --port $PORT source/$WHAT rsync://127.0.0.1/target/",
  };
  const put: Way = fileProgram("put source/$WHAT");
  return {
    ...suite,
    contests: [
      contest("file-put", "A file of 1 GiB, sent", where, BIG, [
        put,
        {
          name: "ncat",
          absent: ncat,
          script: "ncat -l --recv-only 127.0.0.1 $PORT > target/$WHAT & " +
            "until ncat --send-only 127.0.0.1 $PORT < source/$WHAT; do :; done 2>/dev/null; wait",
        },
        rsyncPut,
        copy,
      ]),
      contest("file-get", "A file of 1 GiB, fetched", where, BIG, [
        fileProgram("get $WHAT --into target", "source"),
        {
          ...rsyncPut,
          script: "rsync -a --port $PORT rsync://127.0.0.1/source/$WHAT target/",
        },
        copy,
      ]),
      contest("file-tls", "A file of 1 GiB, sent over TLS", where, BIG, [
        fileProgram(`put source/$WHAT --tls --ca ${TLS}/ca.pem`, "target", [
          "--tls-cert",
          `${TLS}/leaf.pem`,
          "--tls-key",
          `${TLS}/leaf_key.pem`,
        ]),
        {
          name: "ncat --ssl",
          absent: ncat,
          // The other way round: as a client that sends, it loses the last bytes.
          script: `ncat --ssl --ssl-cert ${TLS}/leaf.pem --ssl-key ${TLS}/leaf_key.pem ` +
            "-l --send-only 127.0.0.1 $PORT < source/$WHAT & " +
            "until ncat --ssl --recv-only 127.0.0.1 $PORT > target/$WHAT; do :; done 2>/dev/null; wait",
        },
      ]),
      contest("file-small", "5,000 files of 1 KiB, sent", where, SMALL, [
        {
          ...fileProgram("put source/$WHAT", "target", ["--no-sync", "--quiet"]),
          name: "file-client, server --no-sync --quiet",
        },
        rsyncPut,
        copy,
      ]),
      contest("file-resume", "A file of 1 GiB of which 90 % are there already", where, BIG, [
        { ...put, before: breakOff(put.script) },
        {
          ...rsyncPut,
          before: `head -c ${HEAD_BYTES} source/big.bin > target/big.bin`,
          script: "rsync -a --append-verify --port $PORT source/$WHAT rsync://127.0.0.1/target/",
        },
      ]),
    ],
  };
}

/** Our two programs; the server serves one of the two directories. */
function fileProgram(words: string, served = "target", flags: readonly string[] = []): Way {
  const permissions = `--allow-net=127.0.0.1 --allow-read=$PWD,${TLS} --allow-write=$PWD`;
  return {
    name: "file-client",
    ours: true,
    server: (port) => {
      const grants = [`--allow-read=${FOLDER},${TLS}`, `--allow-write=${FOLDER}`];
      return ours("file-server", ["--dir", `${FOLDER}/${served}`, ...flags], { grants })(port);
    },
    script: `$DENO run --no-prompt ${permissions} ${CLIENT} ${words} --port $PORT --quiet`,
  };
}

/** Two directories to be read and written; nobody is asked who he is. */
function rsyncDaemon(port: number): string[] {
  const modules = ["source", "target"].map((name) => {
    return `[${name}]\npath = ${FOLDER}/${name}\nread only = no\nuse chroot = no\n`;
  });
  const config = ".test/bench/rsyncd.conf";
  Deno.writeTextFileSync(config, `uid = root\ngid = root\n${modules.join("")}`);
  return [
    "rsync",
    "--daemon",
    "--no-detach",
    `--port=${port}`,
    "--address=127.0.0.1",
    `--config=${config}`,
  ];
}

/** What kind of disk the files are on: `tmpfs`. */
async function fileSystem(): Promise<string> {
  const args = ["-c", 'stat -f -c %T "$0"', FOLDER];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Starts a transfer and kills its sender when most of it has arrived. */
function breakOff(script: string): string {
  const staged = "stat -c %s target/.transfer-staging/*.part 2>/dev/null || echo 0";
  return `${script} & until [ $(${staged}) -ge ${HEAD_BYTES} ]; do sleep 0.01; done; ` +
    "kill -KILL $!; wait $! 2>/dev/null; sleep 0.1";
}

function contest(
  id: string,
  title: string,
  where: string,
  cargo: Cargo,
  ways: readonly Way[],
): Contest {
  return {
    id,
    title,
    method:
      `From the start of the client's process until the receiver has everything, on ${where}; ` +
      "then compared byte by byte. Ours, and only ours, compares SHA-256 on the way.",
    columns: COLUMNS,
    entries: ways.map(({ name, ours, absent, ...way }): Entry => ({
      name,
      ...ours && { ours },
      ...absent !== undefined && { absent },
      measure: () => measure(way, cargo),
    })),
  };
}

async function measure(
  { server, before, script }: Pick<Way, "server" | "before" | "script">,
  { name, bytes }: Cargo,
): Promise<Figures> {
  await shell(PREPARE, { WHAT: name });
  await using running = server === undefined ? undefined : await launch(server);
  const env = { WHAT: name, PORT: String(running?.port ?? unusedPort()) };
  if (before !== undefined) await shell(before, env);
  const usedBefore = await usage(running);
  const start = performance.now();
  const cpu = await shell(script, env);
  const seconds = (performance.now() - start) / 1_000;
  const usedAfter = await usage(running);
  await shell("diff -rq source/$WHAT target/$WHAT", env);
  await shell("rm -rf target", env);
  return {
    speed: bytes / seconds / 1e6,
    seconds,
    cpu: cpu + usedAfter.cpu - usedBefore.cpu,
    ...running && { memory: usedAfter.memory / MIB },
  };
}

async function usage(running: Running | undefined): Promise<{ cpu: number; memory: number }> {
  return await (running && usageOf(running.pid)) ?? { cpu: 0, memory: 0 };
}

/** Makes what is sent, once, and an empty directory for what arrives. */
const PREPARE = `mkdir -p source/small && rm -rf target && mkdir target
[ -s source/big.bin ] || head -c ${BIG.bytes} /dev/urandom > source/big.bin
[ -e source/small/f4999 ] || head -c ${SMALL.bytes} /dev/urandom | split -b 1024 -a 4 -d - source/small/f`;

/**
 * Runs a script in the folder of the files.
 *
 * @returns Processor time of all that it started, in seconds.
 * @throws If it fails.
 */
async function shell(script: string, env: Record<string, string>): Promise<number> {
  const line = `mkdir -p ${FOLDER}; cd ${FOLDER}; ${script}\nrc=$?; times; exit $rc`;
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    env: { ...env, DENO: Deno.execPath(), NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`Failed: ${script}\n${decoder.decode(stderr)}`);
  // The second line of `times` is about children: user and system time, as 1m2.5s.
  const [, children = ""] = decoder.decode(stdout).trimEnd().split("\n").slice(-2);
  return children.split(" ").reduce((sum, time) => {
    const [, minutes = "0", seconds = "0"] = /^(\d+)m([\d.]+)s$/.exec(time) ?? [];
    return sum + Number(minutes) * 60 + Number(seconds);
  }, 0);
}
