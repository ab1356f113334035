/**
 * port-check against netcat's own port check, which nobody here wrote.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { needsCommand, runCommand } from "../support/commands.ts";
import { runClient } from "../support/process.ts";

const NC = needsCommand("nc", ["-h"]);

Deno.test({
  name: `port-check and nc -z agree on what is open${NC.reason}`,
  ignore: NC.ignore,
  timeout: 60_000,
}, async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  // Nothing listens on port 1: no system gives it away, and the service that it was for is gone.
  const ports = [listener.addr.port, 1];
  for (const port of ports) {
    const theirs = await runCommand("nc", ["-z", "-w", "5", "127.0.0.1", String(port)]);
    const ours = await runClient("port-check", ["127.0.0.1", String(port)]);
    assertEquals(ours.code, theirs.code, ours.stdout);
  }
});
