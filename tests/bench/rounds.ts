import type { Column, Contest, Entry, Figures, Outcome, Row } from "./contest.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** One measurement, as it is reported while the benchmark runs. */
export interface Measurement {
  readonly contest: string;
  readonly entry: string;
  readonly round: number;
  readonly figures?: Figures;
  readonly failure?: string;
}

/**
 * Lets all entries of a contest take turns, round after round, so that whatever else the machine does
 * hits them alike. Who begins changes from round to round.
 */
export async function runContest(
  contest: Contest,
  rounds: number,
  report: (measurement: Measurement) => void,
): Promise<Outcome> {
  const present = contest.entries.filter(({ absent }) => absent === undefined);
  const failures = new Map<Entry, string>();
  const results = new Map<Entry, Figures[]>(present.map((entry) => [entry, []]));
  for (let round = 0; round < rounds; round++) {
    const order = present.map((_, i) => present[(i + round) % present.length]!);
    for (const entry of order.filter((entry) => !failures.has(entry))) {
      const turn = { contest: contest.id, entry: entry.name, round: round + 1 };
      try {
        const figures = await entry.measure();
        results.get(entry)?.push(figures);
        report({ ...turn, figures });
      } catch (error) {
        const failure = error instanceof Error ? error.message : String(error);
        failures.set(entry, failure);
        report({ ...turn, failure });
      }
    }
  }
  const { id, title, method, columns, entries } = contest;
  const reference = results.get(entries.find(({ ours }) => ours) ?? entries[0]!) ?? [];
  const rows = entries.map((entry): Row => {
    const failure = failures.get(entry);
    const absent = entry.absent ?? (failure && `failed: ${failure.split("\n")[0]}`);
    const head = { name: entry.name, ours: entry.ours === true };
    if (absent !== undefined) return { ...head, absent, figures: {}, ratios: {} };
    return { ...head, ...summary(columns, results.get(entry) ?? [], reference) };
  });
  return { id, title, method, columns, rows };
}

function summary(
  columns: readonly Column[],
  theirs: readonly Figures[],
  ours: readonly Figures[],
): Pick<Row, "figures" | "ratios"> {
  const figures: Record<string, Spread> = {};
  const ratios: Record<string, Spread> = {};
  for (const { key, better } of columns) {
    const values = theirs.flatMap((round) => round[key] ?? []);
    if (values.length > 0) figures[key] = spreadOf(values);
    const pairs = theirs.flatMap((round, i) => {
      const [their, our] = [round[key], ours[i]?.[key]];
      if (!their || !our || better === undefined) return [];
      return [better === "more" ? our / their : their / our];
    });
    if (theirs !== ours && pairs.length > 0) ratios[key] = spreadOf(pairs);
  }
  return { figures, ratios };
}
