import { assertEquals, assertMatch } from "@std/assert";
import { createLog } from "../../../lib/cli/log.ts";
import { CaughtOutput } from "../../support/output.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const EVENT = {
  event: "closed",
  message: "Closed 127.0.0.1:53122: 13 bytes in, 13 bytes out",
  peer: "127.0.0.1:53122",
  bytesIn: 13,
  bytesOut: 13,
};

Deno.test("createLog writes a sentence a line on standard error", PURE, () => {
  using output = new CaughtOutput();
  const log = createLog({ log: "text", quiet: false });
  log(EVENT);
  log({ event: "x", message: "Second" });
  assertEquals(output.stderr, `${EVENT.message}\nSecond\n`);
  assertEquals(output.stdout, "");
});

Deno.test("createLog writes one JSON object a line: time, event and the figures", PURE, () => {
  using output = new CaughtOutput();
  const log = createLog({ log: "json", quiet: false });
  log(EVENT);
  log({ event: "failed", message: "", reason: 'line\nbreak and "quote"' });
  assertEquals(output.stdout, "");
  const lines = output.stderr.split("\n");
  assertEquals(lines.pop(), "");
  const [first, second] = lines.map((line) => JSON.parse(line));
  assertMatch(first.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const { message: _forPeople, ...fields } = EVENT;
  assertEquals(first, { time: first.time, ...fields });
  assertEquals(Object.keys(first), ["time", "event", "peer", "bytesIn", "bytesOut"]);
  assertEquals(second, { time: second.time, event: "failed", reason: 'line\nbreak and "quote"' });
});

Deno.test("createLog with quiet says nothing", PURE, () => {
  using output = new CaughtOutput();
  for (const log of ["text", "json"] as const) createLog({ log, quiet: true })(EVENT);
  assertEquals(output.stderr + output.stdout, "");
});
