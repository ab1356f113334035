import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import { encodeUtf8 } from "../../../lib/codec/text.ts";
import { OutputFile, partOf } from "../../../lib/cli/output_file.ts";
import { ScratchDirectory } from "../../support/scratch.ts";

const FILES = { timeout: 10_000 };

function names(directory: ScratchDirectory): string[] {
  return [...Deno.readDirSync(directory.path)].map(({ name }) => name).sort();
}

Deno.test("OutputFile has its name when it is published, and not before", FILES, async () => {
  using directory = new ScratchDirectory();
  const path = directory.file("page.html");
  using file = new OutputFile(path);
  await file.write(encodeUtf8("hello"));
  assertEquals(names(directory), ["page.html.part"]);
  file.publish();
  assertEquals(names(directory), ["page.html"]);
  assertEquals(Deno.readTextFileSync(path), "hello");
});

Deno.test("OutputFile leaves nothing where it was not published", FILES, async () => {
  using directory = new ScratchDirectory();
  const path = directory.file("page.html");
  Deno.writeTextFileSync(path, "old");
  {
    using file = new OutputFile(path);
    await file.write(encodeUtf8("half of the n"));
  }
  assertEquals(names(directory), ["page.html"]);
  assertEquals(Deno.readTextFileSync(path), "old");
});

Deno.test("OutputFile replaces a file in one step", FILES, async () => {
  using directory = new ScratchDirectory();
  const path = directory.file("page.html");
  Deno.writeTextFileSync(path, "old");
  using file = new OutputFile(path);
  await file.write(encodeUtf8("new"));
  assertEquals(Deno.readTextFileSync(path), "old");
  file.publish();
  assertEquals(Deno.readTextFileSync(path), "new");
});

Deno.test("OutputFile takes nobody else's part, and follows no link there", FILES, () => {
  using directory = new ScratchDirectory();
  const path = directory.file("page.html");
  Deno.writeTextFileSync(partOf(path), "theirs");
  assertThrows(() => new OutputFile(path), Deno.errors.AlreadyExists);
  assertEquals(Deno.readTextFileSync(partOf(path)), "theirs");
});

Deno.test("OutputFile, where the name is a directory's, leaves no part", FILES, () => {
  using directory = new ScratchDirectory();
  const path = directory.file("page.html");
  Deno.mkdirSync(path);
  {
    using file = new OutputFile(path);
    assertThrows(() => file.publish(), Deno.errors.IsADirectory);
  }
  assertEquals(names(directory), ["page.html"]);
});

Deno.test("OutputFile asks for every permission first", FILES, () => {
  using directory = new ScratchDirectory();
  // The tests may write below .test/ only.
  assertThrows(() => new OutputFile("outside.html"), Deno.errors.NotCapable);
  assertFalse(names(directory).includes("outside.html.part"));
});
