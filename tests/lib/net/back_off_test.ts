import { assertEquals } from "@std/assert";
import { nextBackOff } from "../../../lib/net/back_off.ts";

Deno.test(
  "the wait doubles from 5 ms to a second",
  { permissions: "none", timeout: 10_000 },
  () => {
    const waits = [0];
    for (let failures = 0; failures < 10; failures++) waits.push(nextBackOff(waits.at(-1)!));
    assertEquals(waits, [0, 5, 10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
  },
);
