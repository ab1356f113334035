import { lookup } from "node:dns/promises";
import { bareHost, formatHostPort } from "../net/address.ts";
import { isLoopback } from "../net/source_address.ts";
import { CommandError } from "./exit.ts";
import { type Grants, type Launch, netAccessInWords, rerunCommand } from "./rerun.ts";

/** Whom a UDP client talks to, as its flags say. */
export interface UdpTargetFlags {
  /** A name or an address, in brackets or not. */
  host: string;
  /** Its port. */
  port: number;
  /** Which address to take of a name that has both. */
  family: "ipv4" | "ipv6";
}

/** The numeric address of the server, and where to bind for talking to it. */
export interface UdpTarget {
  /** Where to send, and where answers must come from. */
  server: Deno.NetAddr;
  /** The narrowest address to bind: loopback for a server there, otherwise all of its family. */
  bind: string;
  /** What that needs. */
  grants: Grants;
}

/**
 * Finds the server's address, once: sending to a name would look it up each time, and only a numeric
 * address can be compared with where an answer comes from. Of a name that has both, the IPv4 address is
 * taken unless the flags say otherwise: silence would not tell that the other one was meant.
 *
 * @throws {CommandError} If the name leads nowhere.
 */
export async function findUdpTarget(
  { host, port, family }: UdpTargetFlags,
  launch: Omit<Launch, "grants">,
): Promise<UdpTarget> {
  const bare = bareHost(host);
  const hostname = numeric(bare) ?? await resolve(bare, family === "ipv6" ? 6 : 4, launch);
  const bind = narrowest(hostname);
  const net = [formatHostPort(bind, 0), formatHostPort(hostname, port)];
  if (numeric(bare) === undefined) net.push(bare);
  return { server: { transport: "udp", hostname, port }, bind, grants: { net } };
}

function narrowest(host: string): string {
  if (host.includes(":")) return isLoopback(host) ? "::1" : "::";
  return isLoopback(host) ? "127.0.0.1" : "0.0.0.0";
}

/** A numeric address as the system writes it, so that it can be compared; `undefined` for a name. */
function numeric(host: string): string | undefined {
  if (/^\d+(\.\d+){3}$/.test(host)) return host;
  if (!host.includes(":")) return undefined;
  return URL.canParse(`http://[${host}]`) ? bareHost(new URL(`http://[${host}]`).hostname) : host;
}

async function resolve(
  name: string,
  preferred: 4 | 6,
  launch: Omit<Launch, "grants">,
): Promise<string> {
  try {
    const addresses = await lookup(name, { all: true });
    const found = addresses.find(({ family }) => family === preferred) ?? addresses[0];
    if (found !== undefined) return found.address;
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code === "EPERM" || cause instanceof Deno.errors.NotCapable) {
      const command = rerunCommand({ ...launch, grants: { net: "all" } });
      throw new CommandError(`Cannot look up "${name}": ${netAccessInWords()}; run: ${command}`);
    }
  }
  throw new CommandError(`Cannot look up "${name}": no address is known for it`);
}
