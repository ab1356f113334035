/**
 * Makes sure that a directory may be written to, before anybody waits for it: where Deno may ask its user,
 * it asks now, for a question in the middle of a transfer would stop everything until it is answered.
 *
 * @param path The real path: permissions go by the letter.
 * @throws {Deno.errors.NotCapable} If it may not.
 */
export function settleWriteAccess(path: string): void {
  if (Deno.permissions.requestSync({ name: "write", path }).state === "granted") return;
  throw new Deno.errors.NotCapable(`Requires write access to "${path}"`);
}
