import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/cli/version.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { runToEnd } from "../support/process.ts";
import { readProjectFile, ROOT, scripts } from "../support/project.ts";
import { ScratchDirectory } from "../support/scratch.ts";

for (const { name, path } of scripts()) {
  Deno.test({
    name: `./${path} starts from anywhere, through a link too${NEEDS_POSIX.reason}`,
    ignore: NEEDS_POSIX.ignore,
    timeout: 30_000,
    fn: async () => {
      using scratch = new ScratchDirectory();
      const script = new URL(path, ROOT).pathname;
      const link = scratch.absolute("link");
      const line = `ln -s "$0" "$1" && cd / && "$0" --version && "$1" --version`;
      const { code, stdout, stderr } = await runToEnd(path, shell(line, [script, link]));
      assertEquals([code, stdout, stderr], [0, `${name} ${VERSION}\n`.repeat(2), ""]);
    },
  });
}

Deno.test("scripts start with one and the same kind of line", { timeout: 20_000 }, () => {
  // Deno looks for deno.json from where a link lies, so the shell finds out where the script really is.
  const wanted =
    /^#!\/usr\/bin\/env -S sh -c 'exec deno run( --allow-\S+)+ "\$\(realpath "\$0"\)" "\$@"'$/;
  const first = scripts().map(({ path }) => readProjectFile(path).split("\n")[0]!);
  assertEquals(first.filter((line) => !wanted.test(line)), []);
  // Linux takes 255 bytes of it.
  assertEquals(first.filter((line) => line.length > 250), []);
});

/** A shell that has this very Deno as `deno`. */
function shell(line: string, args: readonly string[]): Deno.Command {
  const deno = Deno.execPath();
  const folder = deno.slice(0, deno.lastIndexOf("/"));
  return new Deno.Command("sh", {
    args: ["-c", `PATH="${folder}:$PATH"; ${line}`, ...args],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}
