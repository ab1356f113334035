import { assertEquals } from "@std/assert";
import { commandBlocks } from "../support/readme.ts";
import { readProjectFile } from "../support/project.ts";
import { ScratchDirectory } from "../support/scratch.ts";

Deno.test("one command switches to the registry's packages", { timeout: 60_000 }, async () => {
  using copy = new ScratchDirectory();
  const before = JSON.parse(readProjectFile("deno.json"));
  Deno.writeTextFileSync(copy.file("deno.json"), JSON.stringify(before));
  for (const link of before.links) copyPackage(link, copy);
  const command = commandBlocks().flatMap(({ commands }) => commands)
    .find((command) => command.startsWith("deno unlink "));
  // Its exit code depends on whether the registry answers; what it writes does not.
  await new Deno.Command(Deno.execPath(), {
    args: command?.split(" ").slice(1) ?? [],
    cwd: copy.path,
    stdout: "null",
    stderr: "null",
  }).output();
  const after = JSON.parse(Deno.readTextFileSync(copy.file("deno.json")));
  assertEquals(after.links ?? [], []);
  assertEquals(after.imports, before.imports);
});

/** The members must be there to be unlinked by name; what is in them does not matter. */
function copyPackage(link: string, copy: ScratchDirectory): void {
  Deno.mkdirSync(copy.file(link), { recursive: true });
  const config = `${link.replace(/^\.\//, "")}/deno.json`;
  Deno.writeTextFileSync(copy.file(config), readProjectFile(config));
}
