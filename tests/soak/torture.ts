/**
 * What a soak is made of: a program under torture has torments, of which one bout follows the other, and a
 * proof that it still does its job.
 *
 * @module
 */
import type { Server } from "../support/process.ts";
import { Random } from "../support/random.ts";

/** Where a bout takes place. */
export interface Scene {
  readonly server: Server;
  /** All chance comes from here, so that a seed tells what was done; each who acts at once with others has its own. */
  readonly random: Random;
  /** Resolves after so many milliseconds, or at once when the soak ends. */
  rest(ms: number): Promise<void>;
}

/** One kind of ill treatment. */
export interface Torment {
  readonly name: string;
  /** One bout, of a few seconds at most; leaves nothing open. What the server does to us is no failure. */
  bout(scene: Scene): Promise<void>;
}

/** A program, and what is done to it. */
export interface Torture {
  /** As the report calls it. */
  readonly name: string;
  start(): Promise<Server>;
  readonly torments: readonly Torment[];
  /**
   * Makes sure that the program does its job for those who behave.
   *
   * @throws If it does not.
   */
  prove(scene: Scene): Promise<void>;
}

/** The same scene for so many who act at once: each has chances of its own, whoever is faster. */
export function scenesFrom(scene: Scene, count: number): Scene[] {
  return Array.from({ length: count }, () => {
    return { ...scene, random: new Random(scene.random.uint32()) };
  });
}
