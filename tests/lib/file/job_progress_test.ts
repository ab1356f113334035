import { assertEquals } from "@std/assert";
import type { TransferEvent } from "../../../lib/file/events.ts";
import { JobProgress } from "../../../lib/file/job_progress.ts";
import {
  describeFigures,
  describeResult,
  RECEIVER,
  SENDER,
} from "../../../lib/cli/transfer_words.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

function result(path: string, fields: object = {}): TransferEvent & { kind: "result" } {
  return {
    kind: "result",
    type: "file",
    path,
    outcome: "published",
    size: 1_000,
    resumed: 0,
    storedAs: undefined,
    limit: undefined,
    ...fields,
  };
}

Deno.test("a job's figures: phases, bytes, rate and the time that is left", PURE, () => {
  const progress = new JobProgress();
  const line = (now: number): string => describeFigures(progress.figures(now), SENDER);
  assertEquals(line(0), "scanning");
  progress.hear({ kind: "job", files: 3, bytes: 4_000_000 }, 0);
  progress.hear({ kind: "phase", phase: "checking" }, 0);
  progress.hear({ kind: "checked", path: "a", bytes: 500_000 }, 0);
  progress.hear({ kind: "checked", path: "a", bytes: 500_000 }, 1_000);
  assertEquals(line(1_000), 'checking "a", 1.0 MB, 500 kB/s');
  progress.hear({ kind: "peer-busy", phase: "checking", done: 1, total: 4 }, 1_000);
  assertEquals(line(1_000), "the other side is checking, 25 %");
  progress.hear({ kind: "phase", phase: "transferring" }, 2_000);
  // One is the same already, one goes on from its middle.
  progress.hear(result("a", { outcome: "unchanged", size: 1_000_000 }), 2_000);
  progress.hear({ kind: "start", path: "b", size: 2_000_000, offset: 1_000_000 }, 2_000);
  progress.hear({ kind: "moved", path: "b", bytes: 100_000 }, 2_000);
  progress.hear({ kind: "moved", path: "b", bytes: 500_000 }, 3_000);
  assertEquals(line(3_000), 'sending "b", 65 %, 2.6 MB of 4.0 MB, 500 kB/s, 3 s left');
  // Its result changes nothing: its bytes are counted already.
  progress.hear(result("b", { size: 2_000_000 }), 3_000);
  assertEquals(progress.figures(3_000).done, 2_600_000);
});

Deno.test("a line that does not fit says less of the name, and still how far it is", PURE, () => {
  const progress = new JobProgress();
  const path = "ein-sehr-langer-dateiname-für-漢字.bin";
  progress.hear({ kind: "job", files: 1, bytes: 4_000_000 }, 0);
  progress.hear({ kind: "phase", phase: "transferring" }, 0);
  progress.hear({ kind: "start", path, size: 4_000_000, offset: 0 }, 0);
  progress.hear({ kind: "moved", path, bytes: 100_000 }, 0);
  progress.hear({ kind: "moved", path, bytes: 500_000 }, 1_000);
  const cases: readonly [columns: number, line: string][] = [
    [100, `sending "${path}", 15 %, 600 kB of 4.0 MB, 500 kB/s, 7 s left`],
    [87, 'sending "ein-sehr-langer-dateiname-für-漢…", 15 %, 600 kB of 4.0 MB, 500 kB/s, 7 s left'],
    [62, 'sending "ein-seh…", 15 %, 600 kB of 4.0 MB, 500 kB/s, 7 s left'],
    [61, 'sending "ein-sehr-langer-dateinam…", 15 %, 500 kB/s, 7 s left'],
    [44, 'sending "ein-seh…", 15 %, 500 kB/s, 7 s left'],
    [43, "sending, 15 %, 500 kB/s, 7 s left"],
    [10, "sending, 15 %, 500 kB/s, 7 s left"],
  ];
  for (const [columns, line] of cases) {
    assertEquals(describeFigures(progress.figures(1_000), SENDER, columns), line);
  }
});

Deno.test("a job of unknown size has no percentage and no end", PURE, () => {
  const progress = new JobProgress();
  progress.hear({ kind: "job", files: 1, bytes: 0 }, 0);
  progress.hear({ kind: "phase", phase: "transferring" }, 0);
  progress.hear({ kind: "start", path: "-", size: 0, offset: 0 }, 0);
  progress.hear({ kind: "moved", path: "-", bytes: 1_000 }, 0);
  assertEquals(describeFigures(progress.figures(0), RECEIVER), 'receiving "-", 1.0 kB');
});

Deno.test("attack 4: names are escaped wherever they are shown", PURE, () => {
  const path = "a\x1b[2J\u202e\u009b.jpg";
  const shown = "a\\x1b[2J\\u{202e}\\u{9b}.jpg";
  const sentence = describeResult(result(path, { storedAs: path, resumed: 5 }), RECEIVER);
  assertEquals(sentence, `Received "${shown}" as "${shown}": 1,000 bytes, resumed at 5 bytes`);
  const omitted = { kind: "omitted", path, outcome: "bad-name" } as const;
  assertEquals(
    describeResult(omitted, SENDER),
    `Left out "${shown}": the name breaks the rules for names`,
  );
  const progress = new JobProgress();
  progress.hear({ kind: "phase", phase: "transferring" }, 0);
  progress.hear({ kind: "start", path, size: 1, offset: 0 }, 0);
  assertEquals(describeFigures(progress.figures(0), SENDER), `sending "${shown}"`);
});
