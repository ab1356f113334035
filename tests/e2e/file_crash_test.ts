/**
 * Transfers that are killed: what is under the name afterwards, and how much crosses the wire again.
 *
 * @module
 */
import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { FileDesk } from "../support/file_desk.ts";
import { content } from "../support/file_world.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import type { Program, Server } from "../support/process.ts";
import { Random } from "../support/random.ts";
import { Relay } from "../support/relay.ts";

const SIZE = 4 * 1024 * 1024;
/** What may cross the wire twice: a run that had not arrived whole, frames, and what was under way. */
const SLACK = 1024 * 1024;
/** Kills of each side in each direction. */
const MOMENTS = 20;

for (const operation of ["put", "get"] as const) {
  for (const victim of ["client", "server"] as const) {
    Deno.test({
      name:
        `attack 35: ${operation}, ${MOMENTS} times the ${victim} is killed${NEEDS_POSIX.reason}`,
      ignore: NEEDS_POSIX.ignore,
      timeout: 110_000,
      fn: () => killAtMoments(operation, victim),
    });
  }
}

/** Half-way first, and then wherever chance has it. */
async function killAtMoments(
  operation: "put" | "get",
  victim: "client" | "server",
): Promise<void> {
  const random = new Random();
  for (let i = 0; i < MOMENTS; i++) {
    const at = i === 0 ? SIZE / 2 : random.integer(0, SIZE + 2_000);
    try {
      await killAndResume(operation, victim, at);
    } catch (cause) {
      throw new Error(`Seed ${random.seed}: killed at ${at}`, { cause });
    }
  }
}

/** Kills one side when so many bytes have passed, looks at what is there, and runs the command again. */
async function killAndResume(
  operation: "put" | "get",
  victim: "client" | "server",
  at: number,
): Promise<void> {
  using desk = new FileDesk();
  const [source, target] = operation === "put"
    ? ["here/big.bin", "there/shared/big.bin"]
    : ["there/shared/big.bin", "here/big.bin"];
  desk.write(source, content(SIZE));
  let server = await desk.serve(["--no-sync"]);
  try {
    const plan = operation === "put" ? { sent: at } : { received: at };
    let crossed: number;
    {
      await using relay = new Relay(server.port, plan);
      await using client = desk.start(relay.port, [operation, "big.bin", "--no-sync"]);
      await Promise.race([relay.reached(), client.status]);
      await kill(victim === "client" ? client : server);
      await relay.finish();
      // The other side learns it, and keeps what it has.
      if (victim === "client") await server.logged(/^Closed/);
      else await client.end();
      crossed = operation === "put" ? relay.sent : relay.received;
    }
    // What a receiver's system had taken and the receiver had not read yet died with it.
    const receiver = operation === "put" ? "server" : "client";
    if (victim === receiver) crossed = await stagedBytes(target, desk);
    if (await exists(desk.path(target))) assert(desk.same(source, target), "whole or not at all");
    if (victim === "server") {
      await server[Symbol.asyncDispose]();
      server = await desk.serve(["--no-sync"]);
    }
    await using relay = new Relay(server.port);
    const again = await desk.run(relay.port, [operation, "big.bin", "--no-sync", "--json"]);
    assertEquals(again.code, 0, again.stderr + again.stdout);
    assert(desk.same(source, target), "the same content");
    const twice = (operation === "put" ? relay.sent : relay.received) + crossed - SIZE;
    assertLessOrEqual(twice, SLACK);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

async function kill(program: Program): Promise<void> {
  program.kill("SIGKILL");
  await program.end();
}

/** Bytes of the unfinished transfer beside a file; all of them if it is finished. */
async function stagedBytes(target: string, desk: FileDesk): Promise<number> {
  if (await exists(desk.path(target))) return SIZE;
  const staging = desk.path(target.replace(/[^/]*$/, ".transfer-staging"));
  if (!await exists(staging)) return 0;
  const sizes = [...Deno.readDirSync(staging)].map(({ name }) => {
    return Deno.statSync(`${staging}/${name}`).size;
  });
  return Math.max(0, ...sizes);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

Deno.test({
  name: `SIGTERM in the middle: the client is told, and resumes${NEEDS_POSIX.reason}`,
  ignore: NEEDS_POSIX.ignore,
  timeout: 60_000,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("here/big.bin", new Uint8Array(SIZE).fill(7));
    const first: Server = await desk.serve(["--grace", "0.5"]);
    await using _first = first;
    await using client = desk.start(first.port, ["put", "big.bin", "--rate", "1MB", "--json"]);
    await client.stdout.find((line) => line.includes('"event":"progress"'), "bytes on their way");
    assertEquals(await first.stop(), 0);
    const { code } = await client.end();
    assertEquals(code, 4);
    assertMatch(client.stdout.text, /the same command goes on where it stopped/);
    assertMatch(first.stdout.text, /^Stopped: 1 connection/m);
    await first.logged(/^Closed .* \(The server stopped\)$/);
    assertEquals(desk.list("there/shared"), [".transfer-staging/"]);
    await using second = await desk.serve();
    const again = await desk.run(second.port, ["put", "big.bin"]);
    assertMatch(again.stdout, /^Sent "big\.bin": [\d,]+ bytes, resumed at [\d,]+ bytes$/m);
    assert(desk.same("here/big.bin", "there/shared/big.bin"));
  },
});
