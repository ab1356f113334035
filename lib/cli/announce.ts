import { formatAddress } from "../net/address.ts";
import { printServed } from "./output.ts";

/**
 * Prints the first line of a server, once its socket is bound: `Listening on 127.0.0.1:65432 (tcp)`.
 * Programs wait for this line and read the address from it.
 *
 * @param kind `tcp`, `tls`, `udp` or `unix`.
 */
export function announce(address: Deno.Addr, kind: string): void {
  printServed(`Listening on ${formatAddress(address)} (${kind})`);
}
