import { assert, assertEquals, assertLess } from "@std/assert";
import {
  findNameProblem,
  foldPart,
  MAX_PARTS,
  MAX_PATH_BYTES,
} from "../../../lib/codec/file_names.ts";
import { NameTree } from "../../../lib/codec/file_name_tree.ts";
import vectors from "../../vectors/file/names.json" with { type: "json" };

const PURE = { permissions: "none", timeout: 10_000 } as const;
const WINDOWS = { windows: true };

// Names too long to stand in the table.
const LONG: Record<string, string> = {
  LONGEST_PART: "ä".repeat(127) + "a",
  LONGEST_PATH: `${"a".repeat(255)}/`.repeat(15) + "a".repeat(255),
  MOST_PARTS: Array(MAX_PARTS).fill("a").join("/"),
  PART_TOO_LONG: "a".repeat(256),
  PART_TOO_LONG_IN_BYTES: "日".repeat(86),
  PATH_TOO_LONG: `${"a".repeat(255)}/`.repeat(15) + "a".repeat(256),
  TOO_DEEP: Array(10_000).fill("a").join("/"),
  PARTS_TOO_MANY: Array(MAX_PARTS + 1).fill("a").join("/"),
};
const spelled = (path: string): string => LONG[path] ?? path;

Deno.test("attack 9: harmless names are not refused, here or on Windows", PURE, () => {
  for (const [name, path = ""] of vectors.accepted) {
    assertEquals(findNameProblem(spelled(path)), undefined, name);
    const onWindows = findNameProblem(spelled(path), WINDOWS);
    if (!spelled(path).endsWith(".")) assertEquals(onWindows, undefined, name);
  }
  assertEquals(spelled("LONGEST_PATH").length, MAX_PATH_BYTES);
});

Deno.test("attacks 2, 6, 9: what only Windows gives a meaning is refused only there", PURE, () => {
  for (const [name, path] of vectors.onlyOutsideWindows) {
    assertEquals(findNameProblem(String(path)), undefined, String(name));
    assert(findNameProblem(String(path), WINDOWS) !== undefined, `on Windows: ${name}`);
  }
});

Deno.test("attacks 1, 2, 4, 5, 7, 8: names that leave the root, lie or are ours", PURE, () => {
  for (const [name, path, problem, attack] of vectors.refused) {
    for (const rules of [{ windows: false }, WINDOWS]) {
      const found = findNameProblem(spelled(String(path)), rules) ?? "nothing";
      assert(found.includes(String(problem)), `attack ${attack}, ${name}: ${found}`);
    }
  }
  assertEquals(findNameProblem("a\ud800"), "it has a control character or is no Unicode text");
});

Deno.test("attack 10: names that cannot lie side by side", PURE, () => {
  for (const [name = "", first = "", second = "", collision] of vectors.sameName) {
    const tree = new NameTree();
    assertEquals(tree.add(first.split("/"), "file"), undefined, name);
    const before = tree.size;
    assertEquals(tree.add(second.split("/"), "file"), collision, name);
    assertEquals(tree.size, before, `${name}: what collides is left out`);
  }
  for (const [name = "", first = "", second = ""] of vectors.differentNames) {
    const tree = new NameTree();
    assertEquals(tree.add(first.split("/"), "file"), undefined, name);
    assertEquals(tree.add(second.split("/"), "file"), undefined, name);
  }
});

Deno.test(
  "attack 10: a directory may be announced before or after what is in it, once",
  PURE,
  () => {
    const tree = new NameTree();
    assertEquals(tree.add(["d"], "directory"), undefined);
    assertEquals(tree.add(["d", "a"], "file"), undefined);
    assertEquals(tree.add(["e", "a"], "file"), undefined);
    assertEquals(tree.add(["e"], "directory"), undefined);
    assertEquals(tree.add(["e"], "directory"), "duplicate");
    assertEquals(tree.add(["d", "a"], "directory"), "file and directory");
    assertEquals(tree.size, 4);
  },
);

Deno.test("attack 27: 100,000 names cost linear time, alike or not", PURE, () => {
  const started = performance.now();
  const tree = new NameTree();
  for (let number = 0; number < 100_000; number++) tree.add([`file ${number}`], "file");
  for (let number = 0; number < 100_000; number++) tree.add([`FILE ${number}`], "file");
  assertEquals(tree.size, 100_000);
  // Takes 0.1 s; a comparison of each with each would take minutes.
  assertLess(performance.now() - started, 5_000);
});

Deno.test("foldPart is stable", PURE, () => {
  for (const [, first = "", second = ""] of vectors.sameName) {
    for (const part of [...first.split("/"), ...second.split("/")]) {
      assertEquals(foldPart(foldPart(part)), foldPart(part));
    }
  }
});
