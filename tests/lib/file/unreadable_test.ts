import { assertEquals } from "@std/assert";
import { exitCodeFor } from "../../../lib/cli/transfer_exit.ts";
import type { Channel } from "../../../lib/file/channel.ts";
import { getFiles, putFiles, verifyFiles } from "../../../lib/file/client_session.ts";
import type { Operation } from "../../../lib/file/events.ts";
import type { FileLayer } from "../../../lib/file/file_layer.ts";
import { DEFAULT_LIMITS } from "../../../lib/file/limits.ts";
import { systemError } from "../../support/faulty_files.ts";
import { EventLog, type Side, World } from "../../support/file_world.ts";
import { withCalls } from "../../support/odd_files.ts";

const TIMEOUT = { timeout: 20_000 } as const;

/** A disk that lets nobody read `a`, as its mode may: whoever runs the tests may read everything. */
const CLOSED: FileLayer = withCalls({
  openSync: (path, options) => {
    if (path.endsWith("/a")) throw systemError("EACCES");
    return Deno.openSync(path, options);
  },
});

/** Which job, whose copy cannot be read, what is said of it, and the exit code. */
const CASES: readonly (readonly [Operation, Side, outcome: string, code: number])[] = [
  ["put", "client", "unreadable", 6],
  ["put", "server", "disk-error", 3],
  ["verify", "client", "unreadable", 6],
  ["verify", "server", "disk-error", 3],
  ["get", "client", "disk-error", 6],
  ["get", "server", "unreadable", 3],
];

for (const [operation, side, outcome, code] of CASES) {
  Deno.test(
    `${operation}: a copy of the ${side} that cannot be read is not "different"`,
    TIMEOUT,
    async () => {
      using world = side === "server" ? new World(CLOSED) : new World(undefined, CLOSED);
      for (const name of ["a", "b"]) {
        world.write(`client/${name}`, "one");
        world.write(`server/${name}`, "two");
      }
      const log = new EventLog();
      const found = await world.find("a", "b");
      using destination = world.destination();
      const jobs = {
        put: (channel: Channel) => putFiles(channel, found, { ifExists: "refuse", ...log }),
        verify: (channel: Channel) => verifyFiles(channel, found, log),
        get: (channel: Channel) =>
          getFiles(channel, ["a", "b"], destination, { ...log, limits: DEFAULT_LIMITS }),
        list: () => Promise.resolve(),
      };
      const { error } = await world.session<unknown>(jobs[operation]);
      assertEquals(error, undefined);
      assertEquals(log.outcomes(), { a: outcome, b: "different" });
      const codes = log.events.flatMap((event) =>
        event.kind === "result" && event.path === "a" ? [exitCodeFor(event, operation, true)] : []
      );
      assertEquals(codes, [code]);
    },
  );
}

Deno.test(
  "attack 21: a source that changes while it is compared is not different",
  TIMEOUT,
  async () => {
    const files = withCalls({
      openSync: (path, options) => {
        // Changed in the moment between the look at its name and the look at what was opened.
        if (path.endsWith("client/a")) Deno.utimeSync(path, 1000, 1000);
        return Deno.openSync(path, options);
      },
    });
    using world = new World(undefined, files);
    world.write("client/a", "one");
    world.write("server/a", "two");
    const log = new EventLog();
    const found = await world.find("a");
    await world.session((channel) => verifyFiles(channel, found, log));
    assertEquals(log.outcomes(), { a: "source-changed" });
  },
);
