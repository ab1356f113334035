import type { ModeChange, ModeKinds } from "../codec/irc_modes.ts";

/** What setting and clearing a mode means, `%` being its parameter. */
const WORDS: Readonly<Record<string, readonly [set: string, clear: string]>> = {
  "member o": ["made % an operator", "took operator status from %"],
  "member v": ["gave % a voice", "took the voice from %"],
  "member h": ["made % a half-operator", "took half-operator status from %"],
  "list b": ["banned %", "lifted the ban on %"],
  "list e": ["exempted % from bans", "lifted the exemption of %"],
  "list I": ["lets % in without an invitation", "wants an invitation of % again"],
  "both k": ["set the key %", "removed the key"],
  "set l": ["limited the channel to % members", "removed the limit of members"],
  "flag i": ["made the channel invite-only", "opened the channel to everybody"],
  "flag m": ["made the channel moderated", "ended the moderation"],
  "flag n": ["shut out messages from outside", "lets in messages from outside"],
  "flag s": ["made the channel secret", "made the channel public"],
  "flag t": ["lets only operators set the topic", "lets everybody set the topic"],
};

/** A mode change in words, or as letters where there are none: `made bob an operator`, `set +z`. */
export function modeText({ add, letter, param }: ModeChange, kinds: ModeKinds): string {
  const words = WORDS[`${kinds.get(letter) ?? ""} ${letter}`];
  if (words === undefined) {
    return `set ${add ? "+" : "-"}${letter}${param === null ? "" : ` ${param}`}`;
  }
  return words[add ? 0 : 1].replace("%", () => param ?? "");
}
