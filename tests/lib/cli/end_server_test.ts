import { assertEquals } from "@std/assert";
import { endServer } from "../../../lib/cli/end_server.ts";
import { EXIT } from "../../../lib/cli/exit.ts";
import { CaughtOutput } from "../../support/output.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("endServer prints one summary line on standard output", PURE, () => {
  const cases = [
    [1, 0, 0, "Stopped: 1 connection, 13 bytes in, 12 bytes out"],
    [0, 0, 0, "Stopped: 0 connections, 13 bytes in, 12 bytes out"],
    [1_234, 2, 0, "Stopped: 1,234 connections (2 refused), 13 bytes in, 12 bytes out"],
    [5, 0, 3, "Stopped: 5 connections (3 failed), 13 bytes in, 12 bytes out"],
    [5, 2, 3, "Stopped: 5 connections (2 refused, 3 failed), 13 bytes in, 12 bytes out"],
  ] as const;
  for (const [connections, refused, failed, line] of cases) {
    for (const quiet of [false, true]) {
      using output = new CaughtOutput();
      const totals = { connections, refused, failed, bytesIn: 13, bytesOut: 12 };
      assertEquals(endServer(totals, { log: "text", quiet }), EXIT.done);
      assertEquals([output.stdout, output.stderr], [`${line}\n`, ""]);
    }
  }
});

Deno.test("endServer with JSON logs adds the figures for programs", PURE, () => {
  using output = new CaughtOutput();
  const totals = { connections: 2, refused: 0, failed: 1, bytesIn: 13, bytesOut: 12 };
  endServer(totals, { log: "json", quiet: false });
  const { time: _time, ...fields } = JSON.parse(output.stderr);
  assertEquals(fields, { event: "stopped", ...totals });
});
