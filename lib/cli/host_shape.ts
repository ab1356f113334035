import type { TextShape } from "./flags.ts";

/**
 * What `--host` may look like. Two colons make an IPv6 address, with brackets or without, with a zone or
 * without (RFC 4007, section 11); with one, the port was meant to come along, or a URL.
 */
export const HOST_SHAPE: TextShape = {
  pattern: /^(\[[\da-f:.]+(%[^\]]+)?\]|(?=.*:.*:)[\da-f:.]+(%.+)?|[^:/[\]]+)$/i,
  words: "a name or an address, without a port",
};
