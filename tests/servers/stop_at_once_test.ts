/**
 * What all servers have in common at their end.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { NEEDS_POSIX } from "../support/machine.ts";
import { startServer } from "../support/process.ts";
import { scripts } from "../support/project.ts";
import { ScratchDirectory } from "../support/scratch.ts";

for (const { name } of scripts().filter(({ path }) => path.startsWith("servers/"))) {
  Deno.test({
    name: `${name} can be stopped as soon as its first line is out${NEEDS_POSIX.reason}`,
    timeout: 30_000,
    ignore: NEEDS_POSIX.ignore,
    fn: async () => {
      using scratch = new ScratchDirectory();
      await using server = await startServer(name, [], { cwd: scratch.absolute("") });
      assertEquals(await server.stop(), 0, server.stderr.text);
      assertMatch(server.stdout.text, /^Stopped: /m);
    },
  });
}
