/**
 * The file server and its directory: missing, linked, full, read-only, with remains of broken transfers.
 *
 * @module
 */
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { needsOwnDisks, withDisk } from "../support/commands.ts";
import { link } from "../support/file_world.ts";
import { FileDesk } from "../support/file_desk.ts";
import { NEEDS_POSIX, NEEDS_UNIX_SOCKETS } from "../support/machine.ts";
import { type Ended, runClient } from "../support/process.ts";
import { Relay } from "../support/relay.ts";
import { NEEDS_TMUX, Screen } from "../support/screen.ts";

const PROCESS = { timeout: 60_000 };
const OWN_DISKS = needsOwnDisks();

/** Breaks a put off after so many bytes, and waits until the server has noticed. */
async function breakOff(desk: FileDesk, port: number, name: string, after: number): Promise<void> {
  await using relay = new Relay(port, { sent: after });
  await using client = desk.start(relay.port, ["put", name]);
  await relay.reached();
  client.kill("SIGKILL");
  await client.end();
  await relay.finish();
}

/** Runs the server where it ends by itself. */
function runServer(desk: FileDesk, args: readonly string[]): Promise<Ended> {
  return runClient("file-server", ["--port", "0", ...args], { cwd: desk.path("there") });
}

Deno.test("the task's directory is made, any other one must be there", PROCESS, async () => {
  using desk = new FileDesk();
  {
    await using server = await desk.serve();
    await server.logged(/^Made directory "shared"$/);
    assertEquals(desk.list("there"), ["shared/"]);
  }
  {
    await using server = await desk.serve();
    assertEquals(await server.stop(), 0);
    assertEquals(server.stderr.text, "");
  }
  const missing = await runServer(desk, ["--dir", "shared/other"]);
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertEquals(
    missing.stderr,
    'Cannot use directory "shared/other": no such directory; make it first\n',
  );
  desk.write("there/shared/file", "");
  const file = await runServer(desk, ["--dir", "shared/file"]);
  assertEquals(file.stderr, 'Cannot use directory "shared/file": it is no directory\n');
});

Deno.test("--read-only makes nothing, and needs no permission to write", PROCESS, async () => {
  using desk = new FileDesk();
  const missing = await runServer(desk, ["--read-only"]);
  assertMatch(missing.stderr, /^Cannot use directory "shared": no such directory; make it first$/m);
  assertEquals(desk.list("there"), []);
  desk.write("there/shared/a.txt", "a");
  desk.write("here/a.txt", "a");
  await using server = await desk.serve(["--read-only"], {
    bare: true,
    grants: ["--allow-net=127.0.0.1", "--allow-read=shared"],
  });
  for (const args of [["list"], ["get", "a.txt", "--into", "copy"], ["verify", "a.txt"]]) {
    const ended = await desk.run(server.port, args);
    assertEquals(ended.code, 0, ended.stderr);
  }
});

Deno.test("another directory: one line with the command that allows it", PROCESS, async () => {
  using desk = new FileDesk();
  Deno.mkdirSync(desk.path("there/other"));
  const { code, stderr } = await runServer(desk, ["--dir", "other"]);
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^Cannot use directory "other": .*; run: deno run --allow-net=127\.0\.0\.1:0 --allow-read=other --allow-write=other \S+ --port 0 --dir other\n$/,
  );
});

Deno.test("who may only read is told before the server listens", PROCESS, async () => {
  using desk = new FileDesk();
  Deno.mkdirSync(desk.path("there/shared"));
  for (const args of [["--port", "0"], ["--prune"]]) {
    const { code, stdout, stderr } = await runClient("file-server", args, {
      cwd: desk.path("there"),
      bare: true,
      grants: ["--allow-net=127.0.0.1", "--allow-read=shared"],
    });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^Cannot use directory "shared": a permission .*; run: deno run .* --allow-write=shared .*\n$/,
    );
  }
});

Deno.test({
  name: `on a terminal Deno asks for write access before the server listens${NEEDS_TMUX.reason}`,
  ...PROCESS,
  ignore: NEEDS_TMUX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    Deno.mkdirSync(desk.path("there/shared"));
    const options = {
      cwd: desk.path("there"),
      prompts: true,
      grants: ["--allow-net=127.0.0.1", "--allow-read=shared"],
    };
    await using screen = await Screen.start("file-server", ["--port", "0"], options);
    await screen.shows(/Deno requests write access to "[^"]*shared"/);
    await screen.row(/Allow\? \[y\/n\/A\]/);
    assertFalse(screen.written.includes("Listening on"));
  },
});

Deno.test({
  name: `a link to the directory: the command names where it leads${NEEDS_POSIX.reason}`,
  ...PROCESS,
  ignore: NEEDS_POSIX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("there/data/a.txt", "a");
    link("data", desk.path("there/shared"));
    const { stderr } = await runServer(desk, []);
    const data = desk.path("there/data");
    assertStringIncludes(stderr, ` --allow-read=shared,${data} --allow-write=shared,${data} `);
    const grants = [`--allow-read=${data}`, `--allow-write=${data}`];
    await using server = await desk.serve([], { grants });
    desk.write("here/b.txt", "b");
    const ended = await desk.run(server.port, ["put", "b.txt"]);
    assertEquals([ended.code, ended.stderr], [0, ""]);
    assertEquals(desk.list("there/data"), ["a.txt", "b.txt"]);
  },
});

Deno.test(
  "attack 24: a --rate that would give up every client is wrong usage",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    for (
      const [args, wanted] of [
        [["--rate", "1000"], "1KiB"],
        [["--rate", "2047"], "1KiB"],
        [["--rate", "1MB", "--minimum-rate", "600kB"], "600000"],
      ] as const
    ) {
      const { code, stdout, stderr } = await runServer(desk, [...args]);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(
        stderr,
        /^Option --rate got \d+: expected at least twice --minimum-rate \(\w+\)$/m,
      );
      assertStringIncludes(stderr, `(${wanted})`);
    }
    desk.write("here/a.txt", "a");
    await using server = await desk.serve(["--rate", "1000", "--minimum-rate", "0"]);
    assertEquals((await desk.run(server.port, ["put", "a.txt"])).code, 0);
  },
);

Deno.test("a job that breaks off has its line, and so have its figures", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/big.bin", new Uint8Array(3_000_000));
  await using server = await desk.serve(["--log", "json"]);
  await breakOff(desk, server.port, "big.bin", 1_500_000);
  await server.logged(/"closed"/);
  const job = server.stderr.entries.map((line) => JSON.parse(line))
    .find(({ event }) => event === "job");
  assertEquals([job.operation, job.end, job.published], ["put", "not finished", 0]);
  assert(job.movedBytes > 1_000_000 && job.movedBytes < 1_500_000, String(job.movedBytes));
});

Deno.test("--prune: what broken transfers left, not what is in use", PROCESS, async () => {
  using desk = new FileDesk();
  for (const name of ["old.bin", "new.bin"]) desk.write(`here/${name}`, new Uint8Array(3_000_000));
  await using server = await desk.serve();
  await breakOff(desk, server.port, "old.bin", 1_500_000);
  await server.logged(/^127\.0\.0\.1:\d+: put not finished: 0 files, 1\.\d MB/);
  const young = await runServer(desk, ["--prune"]);
  assertEquals([young.code, young.stdout], [0, "Removed 0 unfinished transfers, 0 bytes\n"]);
  await using relay = new Relay(server.port, { sent: 1_500_000 });
  await using client = desk.start(relay.port, ["put", "new.bin"]);
  await relay.reached();
  const all = await runServer(desk, ["--prune", "--staging-age", "0"]);
  assertMatch(all.stdout, /^Removed 1 unfinished transfer, 1,\d\d\d,\d\d\d bytes\n$/);
  assertEquals(desk.list("there/shared/.transfer-staging").length, 1);
  client.kill("SIGKILL");
});

Deno.test({
  name: `--prune says what the system denies${OWN_DISKS.reason}`,
  ...PROCESS,
  ignore: OWN_DISKS.ignore,
  fn: async () => {
    using desk = new FileDesk();
    Deno.mkdirSync(desk.path("there/shared"));
    const fill = "mkdir shared/.transfer-staging && mount -o remount,ro shared";
    const { code, stdout, stderr } = await runClient("file-server", ["--prune"], {
      cwd: desk.path("there"),
      shell: withDisk("shared", "size=1m", fill),
    });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^Cannot use directory "shared\/\.transfer-staging": Read-only .*\n$/);
  },
});

Deno.test({
  name: `a full disk: what fits is stored, what does not is told${OWN_DISKS.reason}`,
  ...PROCESS,
  ignore: OWN_DISKS.ignore,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("here/d/a.bin", new Uint8Array(3_000_000).fill(1));
    desk.write("here/d/b.txt", "b");
    Deno.mkdirSync(desk.path("there/shared"));
    await using server = await desk.serve([], { shell: withDisk("shared", "size=1m") });
    const ended = await desk.run(server.port, ["put", "d"]);
    assertEquals(ended.code, 3, ended.stderr);
    assertMatch(ended.stderr, /^Failed "d\/a\.bin": the disk of the receiver is full$/m);
    const list = await desk.run(server.port, ["list", "d"]);
    assertMatch(list.stdout, /^1 .* d\/b\.txt$/m);
    assertEquals(list.stdout.includes("a.bin"), false);
    await server.logged(/^127\.0\.0\.1:\d+: Failed "d\/a\.bin": the disk of this machine is full$/);
  },
});

Deno.test({
  name: `a read-only disk gives files and takes none${OWN_DISKS.reason}`,
  ...PROCESS,
  ignore: OWN_DISKS.ignore,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("here/a.txt", "new");
    Deno.mkdirSync(desk.path("there/shared"));
    const fill = "echo old > shared/old.txt && mount -o remount,ro shared";
    await using server = await desk.serve([], { shell: withDisk("shared", "size=1m", fill) });
    const put = await desk.run(server.port, ["put", "a.txt"]);
    assertEquals(put.code, 3, put.stderr);
    assertMatch(put.stderr, /^Failed "a\.txt": /m);
    const get = await desk.run(server.port, ["get", "old.txt"]);
    assertEquals(get.code, 0, get.stderr);
    assertEquals(desk.read("here/old.txt"), "old\n");
  },
});

Deno.test({
  name: `--unix: a socket file instead of a port${NEEDS_UNIX_SOCKETS.reason}`,
  ...PROCESS,
  ignore: NEEDS_UNIX_SOCKETS.ignore,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("here/a.txt", "a");
    const socket = desk.path("s");
    const grants = [
      `--allow-net=unix:${socket}`,
      `--allow-read=${socket}`,
      `--allow-write=${socket}`,
    ];
    await using server = await desk.serve(["--unix", socket], { grants });
    assertEquals([server.address, server.kind], [socket, "unix"]);
    const ended = await runClient("file-client", ["put", "a.txt", "--unix", socket], {
      cwd: desk.path("here"),
      grants,
    });
    assertEquals([ended.code, ended.stderr], [0, ""]);
    await server.logged(/^unix-1: Received "a\.txt": 1 byte$/);
    assertEquals(await server.stop(), 0);
    assertEquals(desk.list("there/shared"), ["a.txt"]);
  },
});
