import { assert, assertEquals, assertGreater } from "@std/assert";
import { getFiles, putFiles } from "../../../lib/file/client_session.ts";
import { OUTCOMES } from "../../../lib/codec/file_outcomes.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { Staging } from "../../../lib/file/staging.ts";
import { walk } from "../../../lib/file/walk.ts";
import { FaultyFiles, systemError } from "../../support/faulty_files.ts";
import { content, digest, EventLog, type Side, World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 120_000 } as const;

type Job = (world: World, log: EventLog) => Promise<unknown>;

async function put(world: World, { onEvent }: EventLog): Promise<void> {
  await world.session(async (channel) => {
    const found = await walk(world.client, { parts: [], path: "", limit: 100 });
    return await putFiles(channel, found, { ifExists: "refuse", onEvent });
  }, { server: { sync: true } });
}

async function get(world: World, { onEvent }: EventLog): Promise<void> {
  using destination = world.destination({ sync: true });
  await world.session((channel) =>
    getFiles(channel, [""], destination, { onEvent, limits: DEFAULT_LIMITS })
  );
}

/** The files of every run. */
function fill(world: World, side: Side): Record<string, string> {
  world.write(`${side}/d/small`, "small");
  world.write(`${side}/d/e/zero`, "");
  world.write(`${side}/big`, content(600_000));
  return { big: digest(content(600_000)), "d/e/zero": digest(""), "d/small": digest("small") };
}

function files(world: World, side: Side): Record<string, string> {
  return Object.fromEntries(Object.entries(world.tree(side)).filter(([, found]) => found !== "/"));
}

/** Whatever has a final name is complete, and what is reported as published has its name. */
function assertHonest(
  { found, expected, log, label }: {
    found: Record<string, string>;
    expected: Record<string, string>;
    log: EventLog;
    label: string;
  },
): void {
  for (const [path, digest] of Object.entries(found)) assertEquals(digest, expected[path], label);
  for (const [path, outcome] of Object.entries(log.outcomes())) {
    const named = path in found || !(path in expected);
    if (outcome === "published") assert(named, `${label}: ${path} is not there`);
    assert(outcome.replace("omitted: ", "") in OUTCOMES, `${label}: ${path} is "${outcome}"`);
  }
}

/** Lets every call on one side's disk fail with every error, in a job that sends files to `to`. */
async function failEverywhere(
  job: Job,
  { to, faultySide, codes }: { to: Side; faultySide: Side; codes: string[] },
): Promise<void> {
  const from = to === "server" ? "client" : "server";
  let calls = 0;
  let hits = 0;
  for (let failAt = -1; failAt < calls; failAt++) {
    for (const code of failAt === -1 ? ["none"] : codes) {
      const faulty = new FaultyFiles();
      using world = faultySide === "server"
        ? new World(faulty.layer)
        : new World(undefined, faulty.layer);
      const expected = fill(world, from);
      const log = new EventLog();
      faulty.arm(failAt, code);
      await job(world, log);
      if (failAt === -1) calls = faulty.calls.length;
      const label = `${code} at call ${failAt} of ${calls}, ${faulty.calls[failAt] ?? "none"}`;
      // How content is cut into reads depends on timing, and with it the number of calls.
      if (faulty.calls.length > failAt) hits++;
      assertHonest({ found: files(world, to), expected, log, label });
      // The disk works again: the same command completes the job.
      faulty.arm(-1);
      await job(world, new EventLog());
      assertEquals(files(world, to), expected, label);
      // A staged name that could not be removed goes when partial files are pruned.
      new Staging(to === "server" ? world.server : world.client).prune(Infinity);
      assertEquals(world.staged(to), [], label);
    }
  }
  assertGreater(calls, 20);
  assertGreater(hits, 0.8 * calls * codes.length);
}

Deno.test("attack 22: the receiver's disk fails at every call, on put", TIMEOUT, async () => {
  await failEverywhere(put, {
    to: "server",
    faultySide: "server",
    codes: ["ENOSPC", "EIO", "EXDEV", "EROFS"],
  });
});

Deno.test("attack 22: the receiver's disk fails at every call, on get", TIMEOUT, async () => {
  await failEverywhere(get, { to: "client", faultySide: "client", codes: ["ENOSPC"] });
});

Deno.test("attack 22: the sender's disk fails at every call", TIMEOUT, async () => {
  await failEverywhere(put, { to: "server", faultySide: "client", codes: ["EIO"] });
  await failEverywhere(get, { to: "client", faultySide: "server", codes: ["EIO"] });
});

Deno.test("a directory that may not be written to is no fault of the disk", TIMEOUT, async () => {
  for (const [job, to] of [[put, "server"], [get, "client"]] as const) {
    const faulty = new FaultyFiles();
    using world = to === "server" ? new World(faulty.layer) : new World(undefined, faulty.layer);
    fill(world, to === "server" ? "client" : "server");
    faulty.before = (call): void => {
      if (call === "mkdirSync") throw systemError("EACCES");
    };
    const log = new EventLog();
    await job(world, log);
    const outcomes = Object.entries(log.outcomes());
    assertEquals(outcomes.filter(([, outcome]) => outcome !== "no-access"), [], to);
    assertGreater(outcomes.length, 2, to);
  }
});
