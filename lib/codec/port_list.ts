import { escapeForDisplay } from "./text.ts";

/** The largest port: the header has 16 bits for it (RFC 9293, section 3.1). Port 0 stands for none. */
const MAX_PORT = 65_535;

/**
 * Reads ports as people list them: `22`, `8000-8010`, `22,80`, each of them once and in their order.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parsePorts } from "./port_list.ts";
 *
 * assertEquals(parsePorts(["443", "80-82,443"]), [443, 80, 81, 82]);
 * ```
 *
 * @throws {SyntaxError} If a word is neither a port nor a range.
 */
export function parsePorts(words: readonly string[]): number[] {
  const ports = new Set<number>();
  for (const word of words.flatMap((word) => word.split(","))) {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(word) ?? [];
    const [first, last] = [Number(from), Number(to)];
    const isRange = first >= 1 && first <= last && last <= MAX_PORT;
    if (!isRange) {
      throw new SyntaxError(
        `Cannot read the port "${escapeForDisplay(word)}": ` +
          `expected a number from 1 to ${MAX_PORT}, or a range such as 8000-8010`,
      );
    }
    for (let port = first; port <= last; port++) ports.add(port);
  }
  return [...ports];
}
