/** Colours by name, as parameters of SGR (ECMA-48). */
const CODES = { dim: "90", red: "31", yellow: "33", bold: "1", call: "1;33" } as const;

/** How a text looks. */
export type Look = "dim" | "red" | "yellow" | "bold" | "call" | "plain" | `nick ${string}`;

/** The colours of nicknames: those of sixteen that can be read on dark and on light. */
const NICK_CODES = ["31", "32", "33", "34", "35", "36", "91", "92", "94", "95", "96"];

/** Puts a text into its colours. */
export type Paint = (text: string, look: Look) => string;

/** Painting on a terminal that shows colours. */
export function paintColours(text: string, look: Look): string {
  if (look === "plain" || text === "") return text;
  const code = look.startsWith("nick ")
    ? nickCode(look.slice("nick ".length))
    : CODES[look as keyof typeof CODES];
  return `\x1b[${code}m${text}\x1b[0m`;
}

/** Painting where no colours are wanted (NO_COLOR). */
export function paintNothing(text: string): string {
  return text;
}

/** The same nickname has the same colour always and everywhere, whatever its case. */
function nickCode(nick: string): string {
  let hash = 0x811c_9dc5;
  // FNV-1a: short, and spreads names that differ in one letter.
  for (const unit of nick.toLowerCase()) {
    hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x0100_0193) >>> 0;
  }
  return NICK_CODES[hash % NICK_CODES.length] ?? "36";
}
