import { ProtocolError } from "./errors.ts";
import { fieldValues, type HttpHead } from "./http_head.ts";
import { escapeForDisplay } from "./text.ts";

/** Where a body ends: at once, after so many bytes, with its last chunk, or with the stream. */
export type HttpFraming =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-end" };

/** Statuses whose response has no body, whatever its head says (RFC 9112, section 6.3, rule 1). */
const WITHOUT_BODY: readonly number[] = [204, 304];

/**
 * Decides where the body of a response to GET ends (RFC 9112, section 6.3).
 *
 * @throws {ProtocolError} If the head contradicts itself, or names a coding other than `chunked`.
 */
export function httpFraming(head: HttpHead): HttpFraming {
  if (WITHOUT_BODY.includes(head.status)) return { kind: "length", length: 0 };
  const codings = listValues(head, "Transfer-Encoding").map((coding) => coding.toLowerCase());
  if (codings.length > 0) {
    // Rule 3: a transfer coding overrides Content-Length.
    if (codings.length === 1 && codings[0] === "chunked") return { kind: "chunked" };
    const said = escapeForDisplay(codings.join(", "), 60);
    throw new ProtocolError(
      `Cannot decode transfer coding "${said}": only "chunked" is understood`,
    );
  }
  const lengths = listValues(head, "Content-Length");
  const [first] = lengths;
  if (first === undefined) return { kind: "until-end" };
  const length = Number(first);
  // Rule 5: the same number several times is one number; anything else is an error.
  const valid = lengths.every((text) => /^\d+$/.test(text) && Number(text) === length);
  if (valid && Number.isSafeInteger(length)) return { kind: "length", length };
  const said = escapeForDisplay(lengths.join(", "), 60);
  throw new ProtocolError(`Cannot use Content-Length "${said}": expected one whole number`);
}

/** The elements of a comma-separated list, over all lines of the field (RFC 9110, section 5.6.1). */
function listValues(head: HttpHead, name: string): string[] {
  const all = fieldValues(head, name).flatMap((value) => value.split(","));
  // An empty Content-Length is no list without elements but a broken one.
  return all.map((element) => element.trim());
}
