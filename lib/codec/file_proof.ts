import { type Role, ROLES } from "./file_messages.ts";

const LABEL = new TextEncoder().encode("file transfer 1 proof\0");

/**
 * The bytes whose HMAC-SHA-256 under the token proves that `role` knows it.
 *
 * ```text
 * "file transfer 1 proof" 0x00 | role (1 byte) | client's nonce (32) | server's nonce (32)
 * ```
 *
 * Both nonces make every proof good for one connection only, and the role makes the client's proof
 * useless as the server's: neither replay nor reflection helps.
 */
export function encodeProofInput(
  role: Role,
  clientNonce: Uint8Array,
  serverNonce: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const input = new Uint8Array(LABEL.length + 1 + clientNonce.length + serverNonce.length);
  input.set(LABEL);
  input[LABEL.length] = ROLES[role];
  input.set(clientNonce, LABEL.length + 1);
  input.set(serverNonce, LABEL.length + 1 + clientNonce.length);
  return input;
}
