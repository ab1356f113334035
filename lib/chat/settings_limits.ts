/**
 * The key `limits` of the configuration file: each number with its bounds. Times are in seconds there and
 * in milliseconds here.
 *
 * @module
 */

import { integer, object, type Optional, optional, type Schema } from "../codec/schema.ts";
import { type ChatLimits, DEFAULT_LIMITS } from "./limits.ts";
import { DEFAULT_TRAFFIC, type TrafficLimits } from "./traffic.ts";

/** The smallest and the largest value of each key. */
type Bounds<T> = { readonly [Key in keyof T]: readonly [min: number, max: number] };

/** A day: what is waited for longer will not come. */
const MAX_SECONDS = 86_400;

/**
 * Texts that are at their bounds all at once no longer fit into 512 bytes and are cut. A limit of 0 is one
 * that nobody passes where the bounds allow for it: nobody gets an invitation, is remembered, may talk.
 */
const CHAT_BOUNDS: Bounds<ChatLimits> = {
  nick: [1, 50],
  user: [2, 30],
  host: [15, 63],
  realname: [0, 200],
  channel: [2, 100],
  key: [1, 50],
  topic: [0, 390],
  kick: [0, 390],
  away: [0, 390],
  reason: [0, 390],
  channels: [1, 10_000],
  listEntries: [0, 10_000],
  mask: [16, 300],
  invites: [0, 10_000],
  whowas: [0, 10_000],
  targets: [1, 100],
  modes: [1, 100],
  queryReplies: [1, 100_000],
  operAttempts: [1, 100],
};

/** A send queue holds the greeting at least, a receive queue one line with the longest tags. */
const TRAFFIC_BOUNDS: Bounds<TrafficLimits> = {
  connectionsPerHost: [0, 1_000_000],
  sendQueue: [16_384, 2 ** 30],
  receiveQueue: [8_192, 2 ** 24],
  registrationTime: [0, MAX_SECONDS],
  pingInterval: [0, MAX_SECONDS],
  pingTimeout: [1, MAX_SECONDS],
  floodBurst: [1, 1_000_000],
  floodRate: [0, 1_000_000],
};

const TIMES = ["registrationTime", "pingInterval", "pingTimeout"] as const;

/** Both kinds of limits, which are one object in the file. */
export type AllLimits = ChatLimits & TrafficLimits;

/** The limits as the file gives them, times in seconds. */
export const LIMITS: Schema<AllLimits> = object<AllLimits>({
  ...bounded(CHAT_BOUNDS, DEFAULT_LIMITS),
  ...bounded(TRAFFIC_BOUNDS, scaleTimes(DEFAULT_TRAFFIC, 1 / 1000)),
});

/** The same with times in milliseconds. */
export function fromSeconds(limits: AllLimits): AllLimits {
  return scaleTimes(limits, 1000);
}

function scaleTimes<T extends TrafficLimits>(limits: T, factor: number): T {
  const times = TIMES.map((key) => [key, limits[key] * factor]);
  return { ...limits, ...Object.fromEntries(times) };
}

function bounded<T extends { readonly [Key in keyof T]: number }>(
  bounds: Bounds<T>,
  defaults: T,
): { [Key in keyof T]: Optional<number> } {
  const members = Object.entries(bounds).map(([key, range]) => {
    const [min, max] = range as readonly [number, number];
    return [key, optional(integer(min, max), defaults[key as keyof T])];
  });
  return Object.fromEntries(members);
}
