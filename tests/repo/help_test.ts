import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { runClient } from "../support/process.ts";
import { scripts } from "../support/project.ts";

for (const { name } of scripts()) {
  Deno.test(`${name} --help is in shape`, { timeout: 20_000 }, async () => {
    const { code, stdout, stderr } = await runClient(name, ["--help"]);
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    assert(lines[0]!.startsWith(`${name}: `), "the first line says what it is");
    assertMatch(stdout, new RegExp(`^Usage: deno task ${name}\\b`, "m"));
    assertMatch(stdout, /^Exit codes: 0 done, 1 failed, 2 wrong usage$/m);
    assertMatch(stdout, /^ {2}130 .*Ctrl-C$/m);
    assertEquals(/^ {2}141 nobody reads/m.test(stdout), !name.endsWith("-server"));
    const options = lines.slice(lines.indexOf("Options:") + 1, lines.indexOf("Examples:") - 1);
    assert(options.length > 2, "there are options");
    for (const option of options) {
      assertMatch(
        option,
        /^ {2}(-[A-Za-z], )?--[a-z1-9.-]+( [\w|]+)? {2,}\S.*[^.]$/,
        "one line an option, no full stop",
      );
    }
    const tooLong = lines.filter((line) => line.length > 130);
    assertEquals(tooLong, [], "lines fit on a screen");
  });

  Deno.test(`${name} --version names the program`, { timeout: 20_000 }, async () => {
    const { code, stdout, stderr } = await runClient(name, ["--version"]);
    assertEquals([code, stdout, stderr], [0, `${name} ${config.version}\n`, ""]);
  });

  Deno.test(`${name} guesses what a misspelt option meant`, { timeout: 20_000 }, async () => {
    const { code, stdout, stderr } = await runClient(name, ["--hepl"]);
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, /^Unknown option "--hepl": did you mean --help\?$/m);
  });
}
