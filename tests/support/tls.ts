/** The certificates of `tests/vectors/tls`, whose README says how they were made. */
const FOLDER = new URL("../vectors/tls/", import.meta.url);

/** Certificate and key of a server on `localhost`, `127.0.0.1` and `::1`. */
export function serverIdentity(): { cert: string; key: string } {
  return { cert: read("leaf.pem"), key: read("leaf_key.pem") };
}

/** The authority that a client must trust to accept that server. */
export function authority(): string {
  return read("ca.pem");
}

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, FOLDER));
}
