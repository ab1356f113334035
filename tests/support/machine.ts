/**
 * What this machine can do, for tests that depend on it. The reason goes into the name of a test that is
 * left out, so that the report says why.
 *
 * @module
 */

/** Whether tests are left out, and the reason to add to their names. */
export interface Requirement {
  readonly ignore: boolean;
  readonly reason: string;
}

/** An IPv6 loopback address. */
export const NEEDS_IPV6: Requirement = requirement(hasIpv6(), "this machine has no ::1");
/** A POSIX system: signals and `sh`. */
export const NEEDS_POSIX: Requirement = requirement(
  Deno.build.os !== "windows",
  "needs signals and sh, which Windows lacks",
);
/** A system on which any bytes are a name; others take UTF-8 only. */
export const NEEDS_BYTES: Requirement = requirement(
  Deno.build.os === "linux",
  "needs names that are no UTF-8",
);
/** Unix sockets in the repository: the system takes 107 bytes of path, and permissions make it absolute. */
export const NEEDS_UNIX_SOCKETS: Requirement = requirement(
  Deno.build.os !== "windows" && Deno.cwd().length < 70,
  "needs Unix sockets, and a shorter path to the repository for them",
);
/** Linux: `/proc`, and several listeners on a port. */
export const NEEDS_LINUX: Requirement = requirement(
  Deno.build.os === "linux",
  "needs Linux",
);

function requirement(met: boolean, reason: string): Requirement {
  return { ignore: !met, reason: met ? "" : ` (left out: ${reason})` };
}

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}
