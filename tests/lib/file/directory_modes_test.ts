import { assert, assertEquals } from "@std/assert";
import { putFiles } from "../../../lib/file/client_session.ts";
import { DISK } from "../../../lib/file/file_layer.ts";
import { SafeRoot } from "../../../lib/file/safe_root.ts";
import { EventLog, World } from "../../support/file_world.ts";
import { FaultyFiles, systemError } from "../../support/faulty_files.ts";
import { NEEDS_POSIX } from "../../support/machine.ts";
import { withCalls } from "../../support/odd_files.ts";

const TIMEOUT = { timeout: 60_000, ...NEEDS_POSIX } as const;
const TIME = new Date("2020-02-03T04:05:06.789Z");

/** Directories with modes of their own, and a file in each. */
const MODES: Readonly<Record<string, number>> = { d: 0o750, "d/sub": 0o711, "d/empty": 0o770 };

function fill(world: World): void {
  for (const [path, mode] of Object.entries(MODES)) {
    if (path === "d/empty") Deno.mkdirSync(world.path(`client/${path}`));
    else world.write(`client/${path}/file`, "content");
    Deno.chmodSync(world.path(`client/${path}`), mode);
  }
  for (const path of Object.keys(MODES).reverse()) {
    Deno.utimeSync(world.path(`client/${path}`), TIME, TIME);
  }
}

async function put(world: World, log = new EventLog()): Promise<Record<string, string>> {
  const found = await world.find("d");
  await world.session((channel) =>
    putFiles(channel, found, { ifExists: "refuse", onEvent: log.onEvent })
  );
  return log.outcomes();
}

function look(world: World, path: string): [mode: number, time: string | undefined] {
  const { mode, mtime } = Deno.lstatSync(world.path(`server/${path}`));
  return [(mode ?? 0) & 0o7777, mtime?.toISOString()];
}

Deno.test(
  "attack 35: directories get modes and times after a kill at any call",
  TIMEOUT,
  async () => {
    for (let call = 0;; call++) {
      const faulty = new FaultyFiles();
      using world = new World(faulty.layer);
      fill(world);
      faulty.dieAt(call);
      await put(world);
      if (!faulty.dead) break;
      const label = `killed at call ${call}, ${faulty.calls.at(-1)}`;
      // Whatever is there in the meantime, nobody else can look into it.
      const made = Object.keys(world.tree("server")).filter((path) => path in MODES);
      for (const path of made) assert((look(world, path)[0] & 0o077 & ~MODES[path]!) === 0, label);
      await put(Object.assign(world, { server: new SafeRoot(world.path("server"), DISK) }));
      // Between making a directory and marking it as unfinished lies one call.
      const unmarked = faulty.calls.at(-1) === "realPathSync" ||
        faulty.calls.at(-1) === "chmodSync";
      for (const [path, mode] of Object.entries(MODES)) {
        const found = look(world, path);
        if (unmarked && found[0] === 0o700) continue;
        assertEquals(found, [mode, TIME.toISOString()], `${path}, ${label}`);
      }
    }
  },
);

Deno.test(
  "a directory that was there keeps its mode, and its time if nothing new is in it",
  TIMEOUT,
  async () => {
    for (const mode of [0o700, 0o755, 0o1777]) {
      using world = new World();
      fill(world);
      Deno.mkdirSync(world.path("server/d/empty"), { recursive: true });
      for (const path of ["d/empty", "d"]) {
        Deno.chmodSync(world.path(`server/${path}`), mode);
        Deno.utimeSync(world.path(`server/${path}`), 1000, 1000);
      }
      const outcomes = await put(world);
      assertEquals([outcomes["d"], outcomes["d/empty"], outcomes["d/sub"]], [
        "unchanged",
        "unchanged",
        "published",
      ]);
      assertEquals(look(world, "d")[0], mode);
      assertEquals(look(world, "d/empty"), [mode, new Date(1_000_000).toISOString()]);
      assertEquals(look(world, "d/sub"), [MODES["d/sub"]!, TIME.toISOString()]);
    }
  },
);

Deno.test(
  "a disk that cannot mark unfinished directories takes them all the same",
  TIMEOUT,
  async () => {
    const files = withCalls({
      chmodSync: (path, mode) => {
        // As FAT answers to a mode that it cannot store.
        if (mode > 0o777) throw systemError("EPERM");
        Deno.chmodSync(path, mode);
      },
    });
    using world = new World(files);
    fill(world);
    assertEquals(Object.values(await put(world)), Array(5).fill("published"));
    for (const [path, mode] of Object.entries(MODES)) {
      assertEquals(look(world, path), [mode, TIME.toISOString()], path);
    }
  },
);
