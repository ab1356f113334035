/**
 * The addresses of http-get: what people type, and where servers send them (RFC 3986; RFC 9110, section 4.2).
 * Parsing is the platform's `URL`; what it would mend in silence is refused here first.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import { fieldValues, type HttpHead } from "./http_head.ts";
import { escapeForDisplay } from "./text.ts";

/** `URL` drops some of these and encodes others; in a request line each could end the address. */
const BLANK_OR_CONTROL = /[\0-\x20\x7f-\x9f]/;
const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Statuses that send to another place, where `Location` names it (RFC 9110, section 15.4). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/**
 * Reads an address; without a scheme it is `http:`, as with other tools.
 *
 * @throws {SyntaxError} If it is none that can be asked for.
 */
export function parseHttpUrl(text: string): URL {
  const shown = `"${escapeForDisplay(text)}"`;
  if (BLANK_OR_CONTROL.test(text)) {
    throw new SyntaxError(
      `Cannot use the URL ${shown}: it has a blank or a control character; write %20 for a blank`,
    );
  }
  const url = URL.parse(HAS_SCHEME.test(text) ? text : `http://${text}`);
  if (url === null) throw new SyntaxError(`Cannot read the URL ${shown}`);
  const reason = unusable(url);
  if (reason !== undefined) {
    throw new SyntaxError(`Cannot use the URL ${hidePassword(url)}: ${reason}`);
  }
  url.hash = "";
  return url;
}

/**
 * Makes an address of its parts.
 *
 * @throws {SyntaxError} If one of them has what belongs to another.
 */
export function httpUrlOf(host: string, port: string, path: string): URL {
  if (/[/?#@\\]/.test(host)) {
    throw new SyntaxError(`Cannot use the host "${escapeForDisplay(host)}": expected a name`);
  }
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65_535) {
    const shown = escapeForDisplay(port);
    throw new SyntaxError(`Cannot use the port "${shown}": expected a whole number up to 65535`);
  }
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return parseHttpUrl(`http://${name}:${number}${path.startsWith("/") ? "" : "/"}${path}`);
}

/** What a client follows. */
export interface RedirectPolicy {
  /** Redirects in a row. */
  readonly maxRedirects: number;
  /** From `https:` to `http:` as well, where everybody on the way can read along. */
  readonly allowDowngrade: boolean;
}

/**
 * Where a response sends the client on, or `undefined` if it does not.
 *
 * @param visited What was asked for so far, the address of this response last.
 * @throws {ProtocolError} If that is no address that can be asked for, or the policy is against it.
 */
export function redirectTarget(
  head: HttpHead,
  visited: readonly URL[],
  { maxRedirects, allowDowngrade }: RedirectPolicy,
): URL | undefined {
  const location = redirectLocation(head);
  const base = visited.at(-1);
  if (location === undefined || base === undefined) return undefined;
  const refuse = (reason: string): never => {
    const shown = escapeForDisplay(location);
    throw new ProtocolError(`Cannot follow the redirect to "${shown}": ${reason}`);
  };
  const url = BLANK_OR_CONTROL.test(location) ? null : URL.parse(location, base);
  if (url === null) return refuse("that is no URL");
  const reason = unusable(url);
  if (reason !== undefined) refuse(reason);
  const isDowngrade = base.protocol === "https:" && url.protocol === "http:";
  if (isDowngrade && !allowDowngrade) {
    refuse("it gives up https:, and everybody on the way could read along");
  }
  url.hash = "";
  if (visited.some(({ href }) => href === url.href)) refuse("it leads in a circle");
  if (visited.length > maxRedirects) refuse(`${maxRedirects} have been followed already`);
  return url;
}

/** What a response that sends the client on says about where, as it was sent. */
export function redirectLocation(head: HttpHead): string | undefined {
  return REDIRECTS.includes(head.status) ? fieldValues(head, "Location")[0] : undefined;
}

/** The port of an address: its own, or its scheme's. */
export function portOf({ port, protocol }: URL): number {
  if (port !== "") return Number(port);
  return protocol === "https:" ? 443 : 80;
}

function hidePassword(url: URL): string {
  const shown = new URL(url);
  shown.password = "";
  return `"${shown.href}"`;
}

/** Why an address cannot be asked for, if so. */
function unusable({ protocol, username, password }: URL): string | undefined {
  if (protocol !== "http:" && protocol !== "https:") return "expected http: or https:";
  return username === "" && password === ""
    ? undefined
    : "it has a user name, and none is sent here";
}
