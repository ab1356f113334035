import { assertEquals } from "@std/assert";
import { count } from "../../../lib/cli/plural.ts";

Deno.test(
  "count puts a number and its noun together",
  { permissions: "none", timeout: 5_000 },
  () => {
    const cases = [
      [0, "0 connections"],
      [1, "1 connection"],
      [2, "2 connections"],
      [1_000, "1,000 connections"],
      [1_234_567, "1,234,567 connections"],
    ] as const;
    for (const [number, text] of cases) assertEquals(count(number, "connection"), text);
  },
);
