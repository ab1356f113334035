/**
 * `deno task demo`: every program of the collection at work, within seconds. Starts the real servers on
 * free ports, drives them with the real clients over loopback, tells what happens, and checks it.
 *
 * @module
 */
import { CHAT } from "./demo/chat.ts";
import { ECHO } from "./demo/echo.ts";
import { FILES } from "./demo/files.ts";
import { GREETING } from "./demo/greeting.ts";
import { HTTP } from "./demo/http.ts";
import { MESSAGES } from "./demo/messages.ts";
import { PORTS } from "./demo/ports.ts";
import { UDP } from "./demo/udp.ts";
import { type Chapter, Stage } from "./demo/stage.ts";

const CHAPTERS: readonly Chapter[] = [
  ECHO,
  UDP,
  MESSAGES,
  GREETING,
  FILES,
  CHAT,
  HTTP,
  PORTS,
];

const started = performance.now();
const failures: string[] = [];
let checks = 0;
for (const [index, chapter] of CHAPTERS.entries()) {
  console.log(
    `\n%c${index + 1}. ${chapter.title}`,
    "font-weight: bold; text-decoration: underline",
  );
  await using stage = new Stage();
  try {
    await chapter.tell(stage);
  } catch (error) {
    stage.check(
      `the chapter went through: ${error instanceof Error ? error.message : error}`,
      false,
    );
  }
  checks += stage.checks;
  failures.push(...stage.failures.map((what) => `${chapter.title}: ${what}`));
}

const seconds = ((performance.now() - started) / 1_000).toFixed(1);
console.log(`\n${checks - failures.length} of ${checks} checks passed in ${seconds} s`);
for (const failure of failures) console.error(`Failed: ${failure}`);
Deno.exit(failures.length === 0 ? 0 : 1);
