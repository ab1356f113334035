import { CommandError } from "./exit.ts";
import { type Launch, rerunCommand } from "./rerun.ts";

/**
 * Makes sure that this Deno offers UDP: `deno.json` switches it on, but a bundle lies elsewhere.
 *
 * @throws {CommandError} With the command that switches it on.
 */
export function requireDatagrams(launch: Launch): void {
  if (typeof Deno.listenDatagram === "function") return;
  throw new CommandError(
    `Cannot use UDP: Deno was started without --unstable-net; run: ${rerunCommand(launch)}`,
  );
}
