import type { ExistsPolicy } from "../codec/file_messages.ts";
import type { Channel } from "../file/channel.ts";
import type { TransferFlags } from "./transfer_flags.ts";

/** Standard input or output in the place of a file. */
export const STANDARD_STREAM = "-";

/** The flags that say what a job does. */
export interface JobFlags extends TransferFlags {
  /** What to do with names that exist. */
  readonly "if-exists": ExistsPolicy;
  /** The name of the one file that is sent. */
  readonly name: string | undefined;
  /** Where received files go. */
  readonly into: string | undefined;
  /** Where the one received file goes. */
  readonly output: string | undefined;
  /** Whether a list goes down into directories. */
  readonly recursive: boolean;
  /** Whether a list is for programs. */
  readonly json: boolean;
}

/** A job that is ready to run. */
export type Job = (channel: Channel) => Promise<void>;
