import { assert, assertEquals } from "@std/assert";
import { filesBelow, readProjectFile } from "../support/project.ts";
import { README } from "../support/readme.ts";

Deno.test("what the README says of error messages is about real ones", { timeout: 20_000 }, () => {
  const [, chapter = ""] = README.split("\n## Troubleshooting\n");
  const rows = chapter.split("\n## ")[0]!.split("\n").filter((line) => line.startsWith("| `"));
  assert(rows.length > 10, "there are rows");
  const code = ["lib", "servers", "clients"].flatMap(filesBelow)
    .filter((path) => path.endsWith(".ts")).map(readProjectFile).join("\n")
    // What stands in two literals, one after the other, is one text.
    .replace(/["`] \+\s+["`]/g, "");
  const messages = rows.flatMap((row) => [...row.split(" | ")[0]!.matchAll(/`([^`]+)`/g)]);
  const pieces = messages.flatMap(([, message]) => message!.split("…").map((part) => part.trim()));
  assertEquals(pieces.filter((piece) => !code.includes(piece)), []);
});
