import { assertEquals } from "@std/assert";
import { drawStrip } from "../../../lib/meter/loss_strip.ts";
import type { Outcome, ProbeRecord } from "../../../lib/meter/probe_ring.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

/** Probes that were received, but for these. */
function probes(count: number, special: Record<number, Partial<ProbeRecord>> = {}): ProbeRecord[] {
  return Array.from({ length: count }, (_, sequence) => {
    const plain = { sequence, outcome: "received", duplicated: false, reordered: false } as const;
    return { ...plain, ...special[sequence] };
  });
}

Deno.test("drawStrip has a character for each probe and each outcome", PURE, () => {
  const outcomes: Outcome[] = [
    "received",
    "lost",
    "late",
    "corrupted",
    "truncated",
    "unsent",
    "pending",
    "overdue",
  ];
  const special = Object.fromEntries(outcomes.map((outcome, i) => [i, { outcome }]));
  const records = probes(10, { ...special, 8: { duplicated: true }, 9: { reordered: true } });
  assertEquals(drawStrip(records), [
    "       0  !.LCTx??DR",
    "          ! received, . lost, L late, D duplicated, R reordered, C corrupted, T truncated, " +
    "x not sent, ? under way",
  ]);
});

Deno.test("drawStrip keeps quiet about long stretches without loss", PURE, () => {
  const records = probes(10_000, { 130: { outcome: "lost" }, 9_999: { outcome: "late" } });
  const good = "!".repeat(60);
  assertEquals(drawStrip(records), [
    "       0  all received, to 119",
    `     120  ${"!".repeat(10)}.${"!".repeat(49)}`,
    "     180  all received, to 9959",
    `    9960  ${"!".repeat(39)}L`,
    "          ! received, . lost, L late",
  ]);
  assertEquals(drawStrip(probes(60)), [`       0  ${good}`, "          ! received"]);
  assertEquals(drawStrip(probes(61)), ["       0  all received, to 60", "          ! received"]);
});

Deno.test("drawStrip ends after fifty lines and says how many follow", PURE, () => {
  const lines = drawStrip(probes(6_030).map((probe) => ({ ...probe, outcome: "lost" as const })));
  assertEquals(lines.length, 52);
  assertEquals(lines.slice(50), ["          and 51 more lines", "          . lost"]);
});

Deno.test("drawStrip draws nothing from nothing", PURE, () => {
  assertEquals(drawStrip([]), []);
});
