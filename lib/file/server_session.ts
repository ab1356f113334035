/**
 * The server's side of one connection, from the first byte to the last: greeting, proof, and one job after
 * the other until the client has no more.
 *
 * @module
 */

import { LimitError } from "../codec/errors.ts";
import type { FileEvent } from "../codec/file_decoder.ts";
import type { MessageOf } from "../codec/file_messages.ts";
import { findNameProblem } from "../codec/file_names.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import { admit, type Channel } from "./channel.ts";
import { DiskDestination } from "./disk_destination.ts";
import type { OnEvent, Operation } from "./events.ts";
import { explainEnd } from "./farewell.ts";
import { greetClient, type HandshakeOptions } from "./handshake.ts";
import type { TransferLimits } from "./limits.ts";
import { ManifestShare } from "./manifest_share.ts";
import { acceptChannel } from "./open_channel.ts";
import type { Quota } from "./quota.ts";
import { receiveFiles } from "./receive_job.ts";
import type { SafeRoot } from "./safe_root.ts";
import { sendFiles } from "./send_job.ts";
import { announceable, sendManifest } from "./send_manifest.ts";
import { whileBusy } from "./signs_of_life.ts";
import { TransferError } from "./transfer_error.ts";
import { untilAborted } from "./until_aborted.ts";
import { type Found, walk } from "./walk.ts";

/** What names mean on this system. */
const NAME_RULES = { windows: Deno.build.os === "windows" };

/** What a server lets its clients do. */
export type Access = "read-write" | "read-only" | "write-only";

/** How to serve. */
export interface ServeFilesOptions extends HandshakeOptions {
  /** What is served, and where received files go. */
  readonly root: SafeRoot;
  /** What clients may do. */
  readonly access: Access;
  /** What this server takes and gives at a time. */
  readonly limits: TransferLimits;
  /** The account of all that is stored, shared by all connections. */
  readonly quota: Quota;
  /** The memory for what jobs announce, shared by all connections. */
  readonly memory: Quota;
  /** Whether files are synced to the disk before they are acknowledged. */
  readonly sync: boolean;
  /** Hears what happens, on this connection alone. */
  readonly onEvent: OnEvent;
  /** Ends the work at the next chance; the caller closes the stream as well. */
  readonly signal?: AbortSignal | undefined;
  /** Aborted to begin no more jobs; one that is on goes on. */
  readonly stopping?: AbortSignal | undefined;
}

/**
 * Serves one client.
 *
 * @throws {ProtocolError} If the peer is no client, or breaks the protocol; it has been told.
 * @throws {TransferError} If it is refused, or says that it cannot go on.
 * @throws Whatever the connection throws when it breaks.
 */
export async function serveFiles(stream: ByteStream, options: ServeFilesOptions): Promise<void> {
  using channel = await acceptChannel(stream, options.onEvent);
  await explainEnd(channel, async () => {
    await greetClient(channel, options);
    options.onEvent({ kind: "ready" });
    for (;;) {
      const event = await hearRequest(channel, options.stopping);
      if (event === undefined) return;
      await serveJob(channel, admit(event, ["put", "get", "list"]), options);
    }
  });
}

/** Waits for the next request; `undefined` if the client has no more, or has just been told that we stop. */
async function hearRequest(
  channel: Channel,
  stopping: AbortSignal | undefined,
): Promise<FileEvent | undefined> {
  const stopped = new TransferError("stopping");
  try {
    return await untilAborted(channel.receive(), stopping, stopped);
  } catch (error) {
    if (error !== stopped) throw error;
    // Between two jobs nothing is broken off: this is no failure.
    await channel.send({ kind: "error", outcome: "stopping", limit: 0 });
    await channel.flush();
    return undefined;
  }
}

async function serveJob(
  channel: Channel,
  request: MessageOf<"put"> | MessageOf<"get"> | MessageOf<"list">,
  options: ServeFilesOptions,
): Promise<void> {
  const { access, onEvent } = options;
  const verify = request.kind === "put" && request.verify;
  const operation: Operation = verify ? "verify" : request.kind;
  onEvent({ kind: "request", operation });
  const forbidden = operation === "put" ? "read-only" : "write-only";
  if (access === forbidden) {
    throw new TransferError("not-allowed", `Cannot serve "${operation}": this server is ${access}`);
  }
  if (request.kind === "put") await takeFiles(channel, request, options);
  else if (request.kind === "get") await giveFiles(channel, request, options);
  else await listFiles(channel, request, options);
  onEvent({ kind: "served", operation });
}

async function takeFiles(
  channel: Channel,
  { ifExists, verify }: MessageOf<"put">,
  options: ServeFilesOptions,
): Promise<void> {
  const { root, access, sync, quota } = options;
  const blind = access === "write-only";
  using destination = new DiskDestination(root, { ifExists, verify, blind, sync, quota });
  await receiveFiles(channel, destination, { ...options, names: NAME_RULES });
}

async function giveFiles(
  channel: Channel,
  { paths }: MessageOf<"get">,
  options: ServeFilesOptions,
): Promise<void> {
  const { limits, onEvent } = options;
  if (paths > limits.wantedPaths) {
    throw new LimitError(
      `Cannot serve ${paths} paths: at most ${limits.wantedPaths}`,
      limits.wantedPaths,
    );
  }
  using share = new ManifestShare(options.memory);
  const wanted: string[] = [];
  while (wanted.length < paths) {
    const { path } = await channel.expect("want");
    share.take(0, path.length);
    wanted.push(path);
  }
  onEvent({ kind: "phase", phase: "scanning" });
  const found: Found[] = [];
  for (const path of wanted) {
    // Sent under its last part: what is above it is the server's affair.
    const name = path.slice(path.lastIndexOf("/") + 1);
    // Not all at once: a call takes no more than some 100,000 arguments.
    const below = await find(channel, path, name, true, { ...options, share });
    for (const item of below) found.push(item);
    if (found.length > limits.jobFiles) throw tooMany(limits);
  }
  await sendFiles(channel, found, options);
}

async function listFiles(
  channel: Channel,
  { path, recursive }: MessageOf<"list">,
  options: ServeFilesOptions,
): Promise<void> {
  using share = new ManifestShare(options.memory);
  const found = await find(channel, path, path, recursive, { ...options, share });
  await sendManifest(channel, announceable(found));
}

async function find(
  channel: Channel,
  path: string,
  sentAs: string,
  recursive: boolean,
  { root, limits, share }: ServeFilesOptions & { readonly share: ManifestShare },
): Promise<Found[]> {
  if (path !== "" && findNameProblem(path, NAME_RULES) !== undefined) {
    return [{ path: sentAs, outcome: "bad-name" }];
  }
  const parts = path === "" ? [] : path.split("/");
  const walking = walk(root, { parts, path: sentAs, recursive, limit: limits.jobFiles, share });
  return await whileBusy(channel, "scanning", walking);
}

function tooMany({ jobFiles }: TransferLimits): LimitError {
  return new LimitError(`Cannot send more than ${jobFiles} files at a time`, jobFiles);
}
