/**
 * The client's side of a connection: greet the server, then any number of jobs, one after the other.
 *
 * ```ts ignore
 * using channel = await openSession(stream, { token, onEvent });
 * const summary = await putFiles(channel, found, { ifExists: "refuse", onEvent });
 * await stream.closeWrite();
 * ```
 *
 * @module
 */

import { LimitError, ProtocolError } from "../codec/errors.ts";
import type { ExistsPolicy, MessageOf } from "../codec/file_messages.ts";
import type { ByteStream } from "../net/byte_stream.ts";
import type { Channel } from "./channel.ts";
import type { Destination } from "./destination.ts";
import type { OnEvent } from "./events.ts";
import { explainEnd } from "./farewell.ts";
import { assertFitting } from "./fitting_outcomes.ts";
import { greetServer, type HandshakeOptions, sendClientGreeting } from "./handshake.ts";
import type { TransferLimits } from "./limits.ts";
import { beginChannel, hearPreamble } from "./open_channel.ts";
import { receiveFiles } from "./receive_job.ts";
import { type JobOptions, sendFiles } from "./send_job.ts";
import type { Omission } from "./source.ts";
import type { Summary } from "./summary.ts";
import type { Found } from "./walk.ts";
import { WantedNames } from "./wanted_names.ts";

/**
 * Greets the server and exchanges proofs. The channel is the caller's to dispose.
 *
 * @throws {ProtocolError} If the peer is no server of this protocol and version.
 * @throws {TransferError} `authentication`, from either side.
 */
export async function openSession(
  stream: ByteStream,
  options: HandshakeOptions & { readonly onEvent: OnEvent },
): Promise<Channel> {
  const channel = await beginChannel(stream, options.onEvent);
  try {
    const greeting = await sendClientGreeting(channel, options);
    await hearPreamble(channel);
    await explainEnd(channel, () => greetServer(channel, greeting, options));
  } catch (error) {
    channel[Symbol.dispose]();
    throw error;
  }
  options.onEvent({ kind: "ready" });
  return channel;
}

/** Sends files to the server. Throws as `sendFiles` does. */
export async function putFiles(
  channel: Channel,
  found: readonly Found[],
  options: JobOptions & { readonly ifExists: ExistsPolicy },
): Promise<Summary> {
  return await explainEnd(channel, async () => {
    await channel.send({ kind: "put", ifExists: options.ifExists, verify: false });
    return await sendFiles(channel, found, options);
  });
}

/** Compares files with the server's; outcomes are `unchanged`, `different` and `missing`. */
export async function verifyFiles(
  channel: Channel,
  found: readonly Found[],
  options: JobOptions,
): Promise<Summary> {
  return await explainEnd(channel, async () => {
    await channel.send({ kind: "put", ifExists: "refuse", verify: true });
    return await sendFiles(channel, found, { ...options, verify: true });
  });
}

/** How to get files. */
export interface GetOptions extends JobOptions {
  /** What this side takes. */
  readonly limits: TransferLimits;
  /** The path under which an entry is stored, where it is not its own. */
  readonly renamed?: ((path: string) => string) | undefined;
}

/**
 * Gets files and directories from the server. Each path arrives under its last part; `""` is everything,
 * under its own names. Throws as `receiveFiles` does.
 */
export async function getFiles(
  channel: Channel,
  paths: readonly string[],
  destination: Destination,
  options: GetOptions,
): Promise<Summary> {
  const wanted = new WantedNames(paths);
  const names = { windows: Deno.build.os === "windows" };
  return await explainEnd(channel, async () => {
    await channel.send({ kind: "get", paths: paths.length });
    for (const path of paths) await channel.send({ kind: "want", path });
    await channel.flush();
    return await receiveFiles(channel, destination, { ...options, names, wanted });
  });
}

/** What to list. */
export interface ListOptions {
  /** The directory or file; `""` is all that is served. */
  readonly path: string;
  /** Whether to go down into directories. */
  readonly recursive: boolean;
  /** How long a list this side takes. */
  readonly limits: TransferLimits;
}

/** What the server has, in the order of names. Paths are as the server sent them: escape them to show. */
export async function listFiles(
  channel: Channel,
  { path, recursive, limits }: ListOptions,
): Promise<(MessageOf<"entry"> | Omission)[]> {
  return await explainEnd(channel, async () => {
    await channel.send({ kind: "list", path, recursive });
    await channel.flush();
    const { items, bytes } = await channel.expect("manifest");
    assertListable("files", items, limits.jobFiles);
    let names = 0;
    const list: (MessageOf<"entry"> | Omission)[] = [];
    while (list.length < items) {
      const message = await channel.expect("entry", "omitted");
      names += message.path.length;
      assertListable("characters of names", names, limits.jobNames);
      if (message.kind === "omitted") assertFitting(message);
      list.push(message);
    }
    const sum = list.reduce((total, item) => "size" in item ? total + item.size : total, 0);
    if (sum !== bytes) {
      throw new ProtocolError(`Cannot read the list: its ${bytes} bytes are ${sum}`);
    }
    return list;
  });
}

function assertListable(what: string, count: number, limit: number): void {
  if (count <= limit) return;
  throw new LimitError(`Cannot list ${count} ${what}: at most ${limit}`, limit);
}
