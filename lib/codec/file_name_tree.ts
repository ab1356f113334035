/**
 * Finds names that cannot be stored side by side, over a whole job, in time linear in its length.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { NameTree } from "./file_name_tree.ts";
 *
 * const tree = new NameTree();
 * assertEquals(tree.add(["Docs", "a.txt"], "file"), undefined);
 * assertEquals(tree.add(["docs", "b.txt"], "file"), "spelling");
 * assertEquals(tree.add(["Docs", "a.txt", "c"], "file"), "file and directory");
 * ```
 *
 * @module
 */

import { foldPart } from "./file_names.ts";

/** Why two names collide: the same twice, equal but for case or Unicode form, or `a` and `a/b`. */
export type Collision = "duplicate" | "spelling" | "file and directory";

interface Node {
  readonly part: string;
  /** Children by folded name; `undefined` for a file. */
  readonly children: Map<string, Node> | undefined;
  /** Whether an entry of its own named it, and not only the path of another. */
  announced: boolean;
}

/** The names of one job, as a tree with one node for each part. */
export class NameTree {
  readonly #root = new Map<string, Node>();
  /** The directory that was left out last: what follows and lies below it belongs to it alone. */
  #leftOut: readonly string[] | undefined;
  #size = 0;

  /** Files and directories so far, those included that only occur on the way to others. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a name, or says with what kind of earlier name it collides and leaves it out. A directory that is
   * left out takes with it what is in it, as far as that follows directly: two trees never become one.
   */
  add(parts: readonly string[], type: "file" | "directory"): Collision | undefined {
    if (
      this.#leftOut?.every((part, at) => part === parts[at]) && parts.length > this.#leftOut.length
    ) {
      return "duplicate";
    }
    const collision = this.#insert(parts, type);
    this.#leftOut = collision !== undefined && type === "directory" ? parts : undefined;
    return collision;
  }

  #insert(parts: readonly string[], type: "file" | "directory"): Collision | undefined {
    let siblings = this.#root;
    for (const [at, part] of parts.entries()) {
      const last = at === parts.length - 1;
      const isFile = last && type === "file";
      const folded = foldPart(part);
      const found = siblings.get(folded);
      // A collision is with a node that exists, so nothing was added when it is found.
      if (found !== undefined) {
        if (found.part !== part) return "spelling";
        if (isFile !== (found.children === undefined)) return "file and directory";
        if (last && (isFile || found.announced)) return "duplicate";
      }
      const node = found ?? { part, children: isFile ? undefined : new Map(), announced: last };
      if (found === undefined) {
        siblings.set(folded, node);
        this.#size++;
      }
      if (last) node.announced = true;
      if (node.children !== undefined) siblings = node.children;
    }
    return undefined;
  }
}
