import { assertEquals } from "@std/assert";
import { runClient } from "../../support/process.ts";
import { scripts } from "../../support/project.ts";

const PROCESS = { timeout: 60_000 };

Deno.test("a Unix socket has no port, in any program", PROCESS, async () => {
  const streams = scripts().map(({ name }) => name)
    .filter((name) => /-(server|client)$/.test(name) && !name.startsWith("udp-"));
  assertEquals(streams.length, 10);
  for (const name of streams) {
    const { code, stdout, stderr } = await runClient(name, ["--unix", "x.sock", "--port", "5"]);
    const usage = `Usage: deno task ${name} --help\n`;
    assertEquals(
      [code, stdout, stderr],
      [2, "", `Option --unix cannot go with --port\n${usage}`],
    );
  }
});

Deno.test("file-server does not start for what only --prune understands", PROCESS, async () => {
  const args = ["--port", "0", "--staging-age", "3"];
  const { code, stdout, stderr } = await runClient("file-server", args);
  const usage = "Usage: deno task file-server --help\n";
  assertEquals([code, stdout, stderr], [
    2,
    "",
    `Option --staging-age needs --prune as well\n${usage}`,
  ]);
});
