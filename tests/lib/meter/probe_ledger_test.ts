import { assertAlmostEquals, assertEquals } from "@std/assert";
import { DatagramProbe, type Examination } from "../../../lib/codec/datagram_probe.ts";
import { type ProbeEvent, ProbeLedger } from "../../../lib/meter/probe_ledger.ts";
import { MAX_REMEMBERED } from "../../../lib/meter/probe_ring.ts";
import { Random } from "../../support/random.ts";
import { type Counters, UdpScript } from "../../support/udp_script.ts";

const PURE = { permissions: "none", timeout: 60_000 } as const;

function intact(sequence: number, sentAt: number): Examination {
  return { kind: "intact", sequence, sentAt };
}

function counters(ledger: ProbeLedger): Counters {
  const { sent, received, lost, late, duplicates, reordered } = ledger;
  const { corrupted, truncated, foreign } = ledger;
  return {
    ...{ sent, received, lost, late, duplicates, reordered },
    ...{ corrupted, truncated, foreign },
  };
}

/** What must hold whatever happened. */
function checkSums(ledger: ProbeLedger, answers: number, label: string): void {
  const { sent, received, late, corrupted, truncated, lost, underWay } = ledger;
  const answered = received + late + corrupted + truncated;
  assertEquals(sent, answered + lost + underWay, `probes, ${label}`);
  assertEquals(answers, answered + ledger.duplicates + ledger.foreign, `answers, ${label}`);
}

Deno.test("the books agree with the plan of a peer that does everything wrong", PURE, () => {
  for (let round = 0; round < 50; round++) {
    const random = new Random();
    const label = `seed ${random.seed}`;
    const count = random.integer(150, 400);
    // Probes leave every 2 ms, an answer may take 50 ms, and a late one takes 80.
    const script = new UdpScript(random, count, 40);
    const size = random.integer(20, 100);
    const probe = new DatagramProbe({ run: random.uint32(), size });
    const ledger = new ProbeLedger({ count, wait: 50 });
    let answers = 0;
    for (let i = 0; i < count; i++) {
      const sequence = ledger.send(2 * i);
      for (const { bytes, stranger } of script.answers(probe.compose(sequence, 2 * i))) {
        answers++;
        if (stranger) ledger.strayed();
        else ledger.answer(probe.examine(bytes), 2 * i + 0.5);
      }
      ledger.expire(2 * i + 1);
    }
    ledger.finish();
    assertEquals(counters(ledger), script.expected, label);
    checkSums(ledger, answers, label);
  }
});

Deno.test("the sums come out even, however absurd the answers are", PURE, () => {
  const random = new Random();
  for (let round = 0; round < 200; round++) {
    const ledger = new ProbeLedger({ count: 50, wait: 10 });
    const answers = random.integer(0, 300);
    for (let i = 0; i < 50; i++) {
      const sequence = ledger.send(i);
      if (random.integer(0, 9) === 0) ledger.sendFailed(sequence);
    }
    for (let i = 0; i < answers; i++) {
      const kind = random.pick(["intact", "corrupted", "truncated", "foreign"] as const);
      const sequence = random.integer(-2, 52);
      const sentAt = random.pick([sequence, sequence + 0.5]);
      const readable = kind === "intact" || random.integer(0, 1) === 1;
      ledger.answer(
        kind === "foreign" ? { kind } : readable ? { kind, sequence, sentAt } : { kind },
        random.integer(0, 80),
      );
    }
    const cutShort = random.integer(0, 1) === 1;
    ledger.finish(cutShort ? random.integer(0, 80) : undefined);
    checkSums(ledger, answers, `round ${round} of seed ${random.seed}`);
    if (!cutShort) assertEquals(ledger.underWay, 0);
  }
});

Deno.test("more duplicates than probes leave the loss what it is", PURE, () => {
  const ledger = new ProbeLedger({ count: 2, wait: 100 });
  ledger.send(0);
  ledger.send(1);
  for (let i = 0; i < 1_000; i++) ledger.answer(intact(0, 0), 5);
  ledger.finish();
  const { sent, received, lost, duplicates } = ledger;
  assertEquals([sent, received, lost, duplicates], [2, 1, 1, 999]);
  assertEquals(ledger.roundTrips.count, 1);
});

Deno.test("an answer is late from the moment on that the wait is over", PURE, () => {
  const ledger = new ProbeLedger({ count: 2, wait: 100 });
  ledger.send(0);
  ledger.send(0);
  ledger.answer(intact(0, 0), 100);
  ledger.answer(intact(1, 0), 100.001);
  assertEquals([ledger.received, ledger.late, ledger.underWay], [1, 1, 0]);
  assertEquals(ledger.roundTrips.figures().max, 100_000);
});

Deno.test("late answers do not count as reordered", PURE, () => {
  const ledger = new ProbeLedger({ count: 3, wait: 100 });
  for (let i = 0; i < 3; i++) ledger.send(0);
  ledger.answer(intact(2, 0), 1);
  ledger.answer(intact(1, 0), 2);
  ledger.answer(intact(0, 0), 200);
  assertEquals([ledger.received, ledger.reordered, ledger.late], [2, 1, 1]);
});

Deno.test("what was not sent is not lost, and answers to it are foreign", PURE, () => {
  const ledger = new ProbeLedger({ count: 2, wait: 100 });
  ledger.send(0);
  ledger.sendFailed(ledger.send(1));
  ledger.answer(intact(1, 1), 2);
  ledger.answer(intact(2, 2), 2);
  ledger.answer(intact(4_000_000_000, 2), 2);
  ledger.finish();
  const { sent, unsent, lost, foreign } = ledger;
  assertEquals([sent, unsent, lost, foreign], [1, 1, 1, 3]);
});

Deno.test("a probe that comes back with another send time is corrupted", PURE, () => {
  const ledger = new ProbeLedger({ count: 1, wait: 100 });
  ledger.send(5);
  ledger.answer(intact(0, 4), 6);
  assertEquals([ledger.received, ledger.corrupted], [0, 1]);
});

Deno.test("answers damaged beyond recognition stand for those that are missing", PURE, () => {
  const ledger = new ProbeLedger({ count: 4, wait: 100 });
  for (let i = 0; i < 4; i++) ledger.send(0);
  ledger.answer({ kind: "corrupted" }, 1);
  ledger.answer({ kind: "truncated" }, 1);
  ledger.answer({ kind: "truncated" }, 1);
  ledger.answer(intact(0, 0), 2);
  ledger.answer(intact(1, 0), 2);
  ledger.answer(intact(2, 0), 2);
  ledger.finish();
  const { received, corrupted, truncated, lost, duplicates } = ledger;
  assertEquals([received, corrupted, truncated, lost, duplicates], [3, 1, 0, 0, 2]);
});

Deno.test("who stops early leaves open what could still come", PURE, () => {
  const ledger = new ProbeLedger({ count: Infinity, wait: 100 });
  ledger.send(0);
  ledger.send(50);
  ledger.finish(120);
  assertEquals([ledger.sent, ledger.lost, ledger.underWay], [2, 1, 1]);
});

Deno.test("probes are under way until they are answered or overdue", PURE, () => {
  const ledger = new ProbeLedger({ count: 3, wait: 100 });
  for (let i = 0; i < 3; i++) ledger.send(10 * i);
  assertEquals(ledger.underWay, 3);
  ledger.answer(intact(1, 10), 50);
  assertEquals(ledger.underWay, 2);
  ledger.expire(100);
  assertEquals(ledger.underWay, 2);
  ledger.expire(100.5);
  assertEquals(ledger.underWay, 1);
  ledger.answer(intact(0, 0), 150);
  assertEquals([ledger.underWay, ledger.late], [1, 1]);
  ledger.expire(121);
  assertEquals(ledger.underWay, 0);
});

Deno.test(
  "a run without end takes the memory of one, and its sums still come out even",
  PURE,
  () => {
    const ledger = new ProbeLedger({ count: Infinity, wait: 100 });
    const count = MAX_REMEMBERED + 1_000;
    for (let i = 0; i < count; i++) {
      const sequence = ledger.send(i);
      if (i % 2 === 0) ledger.answer(intact(sequence, i), i + 0.1);
    }
    assertEquals(ledger.ring.size, MAX_REMEMBERED);
    assertEquals(ledger.lost, 500);
    // An answer to what is forgotten has to be one too many.
    ledger.answer(intact(1, 1), count);
    assertEquals(ledger.duplicates, 1);
    ledger.finish();
    assertEquals([ledger.sent, ledger.received, ledger.lost], [count, count / 2, count / 2]);
  },
);

Deno.test("events tell of each probe once, and of each duplicate", PURE, () => {
  const events: ProbeEvent[] = [];
  const ledger = new ProbeLedger({ count: 5, wait: 100, onEvent: (event) => events.push(event) });
  for (let i = 0; i < 5; i++) ledger.send(0);
  ledger.sendFailed(4);
  ledger.answer(intact(1, 0), 2);
  ledger.answer(intact(0, 0), 3);
  ledger.answer(intact(0, 0), 4);
  ledger.answer(intact(3, 0), 101);
  ledger.finish();
  assertEquals(events.map((event) => `${event.sequence} ${event.outcome} ${event.milliseconds}`), [
    "4 unsent undefined",
    "1 received 2",
    "0 received 3",
    "0 duplicate 4",
    "3 late 101",
    "2 lost undefined",
  ]);
  assertEquals(events.filter(({ reordered }) => reordered).map(({ sequence }) => sequence), [0]);
});

Deno.test("the jitter is that of received probes in the order of arrival", PURE, () => {
  const ledger = new ProbeLedger({ count: 4, wait: 100 });
  for (let i = 0; i < 4; i++) ledger.send(0);
  ledger.answer(intact(0, 0), 10);
  ledger.answer(intact(0, 0), 50);
  ledger.answer(intact(2, 0), 26);
  ledger.answer({ kind: "corrupted", sequence: 1, sentAt: 0 }, 90);
  ledger.answer(intact(3, 0), 26);
  assertAlmostEquals(ledger.jitter.value, 0.9375, 1e-12);
});
