/**
 * Greetings and, if a token is set, proof of it by both sides. Nothing else is looked at, asked for or
 * told before that: no name, no file, no limit.
 *
 * ```text
 * client  hello(nonce)
 * server  hello(nonce)
 * client  proof = HMAC-SHA-256(token, input(client, both nonces))      only with a token
 * server  proof = HMAC-SHA-256(token, input(server, both nonces))      only if the client's was right
 * ```
 *
 * The token itself never crosses the wire, and a recorded proof is worth nothing on another connection.
 * What follows is not encrypted by this: that is what TLS is for.
 *
 * @module
 */

import { createHmac, timingSafeEqual } from "node:crypto";
import { equalBytes } from "../codec/bytes.ts";
import { ProtocolError } from "../codec/errors.ts";
import type { MessageOf, Role } from "../codec/file_messages.ts";
import { encodeProofInput } from "../codec/file_proof.ts";
import { sleep } from "../net/sleep.ts";
import type { Channel } from "./channel.ts";
import { TransferError } from "./transfer_error.ts";

/** How late a wrong token is refused, in milliseconds: guessing takes time. */
const REFUSAL_DELAY_MS = 1000;

/** What a handshake needs to know. */
export interface HandshakeOptions {
  /** The shared secret; without one anybody may talk to us. */
  readonly token?: Uint8Array | undefined;
  /** Waits before a wrong proof is refused; tests put a clock of their own here. */
  readonly delay?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** Both greetings, which every proof is bound to. */
interface Greetings {
  readonly client: MessageOf<"hello">;
  readonly server: MessageOf<"hello">;
}

/**
 * The server's side.
 *
 * @throws {TransferError} `authentication`, and never a word on what was wrong.
 */
export async function greetClient(
  channel: Channel,
  { token, delay = sleep }: HandshakeOptions,
): Promise<void> {
  const client = await hearGreeting(channel, "client");
  const server = await sendGreeting(channel, "server", token);
  if (token === undefined) return;
  const { mac } = await channel.expect("proof");
  if (!timingSafeEqual(mac, proofOf("client", token, { client, server }))) {
    await delay(REFUSAL_DELAY_MS);
    throw new TransferError("authentication", "Cannot serve the client: its token is not ours");
  }
  await sendProof(channel, "server", token, { client, server });
}

/** Sends the client's greeting, without waiting for an answer. */
export function sendClientGreeting(
  channel: Channel,
  { token }: HandshakeOptions,
): Promise<MessageOf<"hello">> {
  return sendGreeting(channel, "client", token);
}

/**
 * The client's side, behind its greeting.
 *
 * @throws {TransferError} `authentication` if the server wants a token and we have none, or has none
 * although we have one, or has another.
 */
export async function greetServer(
  channel: Channel,
  client: MessageOf<"hello">,
  { token }: HandshakeOptions,
): Promise<void> {
  const server = await hearGreeting(channel, "server");
  // A peer that sends our own greeting back wants us to prove the token to ourselves.
  if (equalBytes(client.nonce, server.nonce)) {
    throw new ProtocolError("Cannot transfer files: the peer repeats our greeting");
  }
  if (token === undefined) {
    if (!server.authentication) return;
    throw new TransferError("authentication", "Cannot talk to the server: it wants a token");
  }
  // A server that needs no token cannot show that it is the right one: it may be anybody.
  if (!server.authentication) {
    throw new TransferError("authentication", "Cannot trust the server: it does not use a token");
  }
  await sendProof(channel, "client", token, { client, server });
  const { mac } = await channel.expect("proof");
  if (timingSafeEqual(mac, proofOf("server", token, { client, server }))) return;
  throw new TransferError("authentication", "Cannot trust the server: its token is not ours");
}

async function sendGreeting(
  channel: Channel,
  role: Role,
  token: Uint8Array | undefined,
): Promise<MessageOf<"hello">> {
  const nonce = crypto.getRandomValues(new Uint8Array(32));
  const authentication = token !== undefined;
  const hello = { kind: "hello", role, authentication, nonce, extensions: 0 } as const;
  await channel.send(hello);
  await channel.flush();
  return hello;
}

async function hearGreeting(channel: Channel, role: Role): Promise<MessageOf<"hello">> {
  const hello = await channel.expect("hello");
  if (hello.role === role) return hello;
  throw new ProtocolError(`Cannot transfer files: the peer is a ${hello.role}, not a ${role}`);
}

async function sendProof(
  channel: Channel,
  role: Role,
  token: Uint8Array,
  greetings: Greetings,
): Promise<void> {
  await channel.send({ kind: "proof", mac: proofOf(role, token, greetings) });
  await channel.flush();
}

function proofOf(role: Role, token: Uint8Array, { client, server }: Greetings): Uint8Array {
  const input = encodeProofInput(role, client.nonce, server.nonce);
  return new Uint8Array(createHmac("sha256", token).update(input).digest());
}
