import { assertEquals } from "@std/assert";
import { nearest } from "../../../lib/cli/nearest.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const KNOWN = ["host", "port", "max-connections", "max-per-host", "idle-timeout", "log", "quiet"];

Deno.test("nearest finds the name that was meant", PURE, () => {
  const cases: [string, string | undefined][] = [
    ["prot", "port"],
    ["pot", "port"],
    ["ports", "port"],
    ["hots", "host"],
    ["max-conections", "max-connections"],
    ["maxconnections", "max-connections"],
    ["idle-time", "idle-timeout"],
    ["idle", "idle-timeout"],
    ["quite", "quiet"],
    ["lgo", "log"],
    ["port", "port"],
    // Too far from everything, or too short to guess.
    ["verbose", undefined],
    ["zzzz", undefined],
    ["x", undefined],
    ["", undefined],
  ];
  for (const [word, name] of cases) assertEquals(nearest(word, KNOWN), name, word);
});

Deno.test("nearest prefers the closer name, whatever the order", PURE, () => {
  assertEquals(nearest("count", ["connect", "counts"]), "counts");
  assertEquals(nearest("count", ["counts", "connect"]), "counts");
  assertEquals(nearest("anything", []), undefined);
});
