import { assert, assertEquals, assertThrows } from "@std/assert";
import { numberedName, publish } from "../../../lib/file/publish.ts";
import { outcomeOf, TransferError } from "../../../lib/file/transfer_error.ts";
import { FaultyFiles, systemError } from "../../support/faulty_files.ts";
import { World } from "../../support/file_world.ts";

const TIMEOUT = { timeout: 20_000 } as const;

Deno.test("numberedName keeps the extension", { permissions: "none" }, () => {
  const cases = [
    ["report.pdf", "report (2).pdf"],
    ["archive.tar.gz", "archive.tar (2).gz"],
    ["README", "README (2)"],
    [".bashrc", ".bashrc (2)"],
    ["name.", "name (2)."],
  ] as const;
  const long = "ä".repeat(125);
  assertEquals(numberedName(`${long}.txt`, 2), `${long.slice(0, 123)} (2).txt`);
  for (const [name, numbered] of cases) assertEquals(numberedName(name, 2), numbered);
});

Deno.test("publish never clobbers unless it is told to", TIMEOUT, () => {
  using world = new World();
  const staged = (text: string): string => {
    world.write("server/staged", text);
    return world.path("server/staged");
  };
  assert(publish(world.server, staged("one"), ["d", "a.txt"], "refuse"));
  assertEquals(publish(world.server, staged("two"), ["d", "a.txt"], "refuse"), undefined);
  assertEquals(publish(world.server, staged("two"), ["d", "a.txt"], "skip"), undefined);
  assertEquals(world.read("server/d/a.txt"), "one");
  for (const name of ["a (2).txt", "a (3).txt"]) {
    const published = publish(world.server, staged("two"), ["d", "a.txt"], "rename");
    assertEquals(published?.parts, ["d", name]);
  }
  const replaced = publish(world.server, staged("three"), ["d", "a.txt"], "replace");
  assertEquals([replaced?.replacedBytes, world.read("server/d/a.txt")], [3, "three"]);
  assertEquals(Object.keys(world.tree("server")), ["d", "d/a (2).txt", "d/a (3).txt", "d/a.txt"]);
});

Deno.test("a name that is too long for its number is shortened", TIMEOUT, () => {
  using world = new World();
  const name = "a".repeat(254);
  world.write(`server/${name}`, "");
  world.write("server/staged", "x");
  const published = publish(world.server, world.path("server/staged"), [name], "rename");
  assertEquals(published?.parts, [`${"a".repeat(251)} (2)`]);
});

Deno.test(
  "attack 22: a disk without hard links, or another disk, is an error and no copy",
  TIMEOUT,
  () => {
    for (const code of ["EXDEV", "EPERM", "EROFS"]) {
      const faulty = new FaultyFiles();
      using world = new World(faulty.layer);
      world.write("server/staged", "x");
      faulty.before = (name) => {
        if (name === "linkSync" || name === "renameSync") throw systemError(code);
      };
      for (const policy of ["refuse", "replace", "rename", "skip"] as const) {
        assertThrows(
          () => publish(world.server, world.path("server/staged"), ["a"], policy),
          Error,
          code,
        );
      }
      assertEquals(Object.keys(world.tree("server")), ["staged"]);
    }
  },
);

Deno.test("outcomeOf names errors of the system and passes on everything else", {
  permissions: "none",
}, () => {
  const cases = [
    ["ENOSPC", "disk-full", "unreadable"],
    ["EDQUOT", "disk-full", "unreadable"],
    ["EIO", "disk-error", "unreadable"],
    ["EXDEV", "disk-error", "unreadable"],
    ["ENAMETOOLONG", "bad-name", "missing"],
    ["ENOENT", "disk-error", "missing"],
    ["EACCES", "no-access", "unreadable"],
    ["ELOOP", "not-a-file", "not-a-file"],
  ] as const;
  for (const [code, receiving, sending] of cases) {
    assertEquals(outcomeOf(systemError(code), "receiving"), receiving, code);
    assertEquals(outcomeOf(systemError(code), "sending"), sending, code);
  }
  assertEquals(outcomeOf(new TransferError("quota"), "receiving"), "quota");
  for (const error of [new TypeError("a mistake of ours"), new Deno.errors.NotCapable("no")]) {
    assertThrows(() => outcomeOf(error, "receiving"), Error, error.message);
  }
});
