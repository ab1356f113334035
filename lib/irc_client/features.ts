/**
 * What a server says of itself in 005: how names are compared, what a channel is, which modes there are,
 * how long a line may be.
 *
 * ```text
 * 005 ann CASEMAPPING=ascii PREFIX=(ov)@+ CHANTYPES=# -MODES :are supported by this server
 * ```
 *
 * Source: https://modern.ircdocs.horse/#rplisupport-005
 *
 * @module
 */
import { type CaseMapping, foldCase } from "../codec/irc_case.ts";
import { MAX_MESSAGE_BYTES } from "../codec/irc_message.ts";
import { type ModeKinds, modeKinds } from "../codec/irc_modes.ts";

/** Tokens that are kept of one server: real ones announce some forty. */
const MAX_TOKENS = 200;
/** The longest line that is believed: LINELEN is the server's word, and it costs memory here. */
const MAX_LINE_LENGTH = 8192;
/** Prefixes and mode letters that are kept; real servers have five and some fifty. */
const MAX_LETTERS = 64;

/** What is true until the server says otherwise (RFC 1459). */
const DEFAULTS: readonly (readonly [name: string, value: string])[] = [
  ["CASEMAPPING", "rfc1459"],
  ["CHANTYPES", "#&"],
  ["CHANMODES", "b,k,l,imnpst"],
  ["PREFIX", "(ov)@+"],
];

/** The tokens of 005, and what follows from them. */
export class Features {
  readonly #tokens = new Map(DEFAULTS);
  /** Which modes take a parameter. */
  modeKinds: ModeKinds = modeKinds("", "");
  /** Mode letters of channel members, highest rank first: `ov`. */
  prefixLetters = "";
  /** The symbols of those letters, in the same order: `@+`. */
  prefixSymbols = "";

  /** Starts with what every server is taken for. */
  constructor() {
    this.#derive();
  }

  /** Takes the tokens of one 005 line, without nickname and trailing text. */
  add(tokens: readonly string[]): void {
    for (const token of tokens) {
      const [, minus, name = "", value = ""] = /^(-?)([A-Za-z0-9/.-]+)(?:=(.*))?$/su.exec(token) ??
        [];
      if (name === "") continue;
      if (minus === "-") this.#tokens.delete(name);
      else if (this.#tokens.has(name) || this.#tokens.size < MAX_TOKENS) {
        this.#tokens.set(name, unescapeValue(value));
      }
    }
    this.#derive();
  }

  #derive(): void {
    const [, letters = "", symbols = ""] = /^\((\w*)\)(\S*)$/.exec(this.text("PREFIX")) ?? [];
    const usable = Math.min(letters.length, symbols.length, MAX_LETTERS);
    this.prefixLetters = letters.slice(0, usable);
    this.prefixSymbols = symbols.slice(0, usable);
    this.modeKinds = modeKinds(
      this.text("CHANMODES").slice(0, 4 * MAX_LETTERS),
      this.prefixLetters,
    );
  }

  /** A token's value; empty if it has none or is not there. */
  text(name: string): string {
    return this.#tokens.get(name) ?? "";
  }

  /** A token's value as a whole number, or `undefined` if it is none. */
  number(name: string): number | undefined {
    const text = this.text(name);
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  }

  /** Bytes of a whole line, CR LF included (LINELEN, or 512). */
  get lineLength(): number {
    const stated = this.number("LINELEN") ?? MAX_MESSAGE_BYTES;
    return Math.min(Math.max(stated, MAX_MESSAGE_BYTES), MAX_LINE_LENGTH);
  }

  /** The form of a name that is the same for all equal names. */
  fold(name: string): string {
    const mapping = this.text("CASEMAPPING");
    const known: readonly string[] = ["ascii", "rfc1459-strict"] satisfies CaseMapping[];
    return foldCase(name, known.includes(mapping) ? mapping as CaseMapping : "rfc1459");
  }

  /** Whether a target is a channel; one with a member prefix before it (STATUSMSG) is none. */
  isChannel(target: string): boolean {
    return target !== "" && this.text("CHANTYPES").includes(target.charAt(0));
  }

  /** The channel of a target: `@#lobby` goes to the operators in `#lobby` (STATUSMSG). */
  channelOf(target: string): string | undefined {
    if (this.isChannel(target)) return target;
    const rest = target.slice(1);
    const isStatus = this.text("STATUSMSG").includes(target.charAt(0));
    return isStatus && this.isChannel(rest) ? rest : undefined;
  }
}

/** `\x20` stands for a space, `\x3D` for an equals sign. */
function unescapeValue(value: string): string {
  return value.replace(/\\x([0-9A-Fa-f]{2})/g, (_, hex: string) => {
    return String.fromCharCode(parseInt(hex, 16));
  });
}
