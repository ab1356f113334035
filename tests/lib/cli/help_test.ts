import { assertEquals } from "@std/assert";
import type { FlagTable } from "../../../lib/cli/flags.ts";
import { formatHelp, type HelpText } from "../../../lib/cli/help.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const FLAGS = {
  host: { kind: "text", value: "ADDRESS", default: "127.0.0.1", help: "where to listen" },
  ca: { kind: "text", value: "FILE", help: "whom to trust" },
  grace: { kind: "number", value: "SECONDS", min: 0, max: 60, default: 0, help: "time to finish" },
  log: { kind: "choice", choices: ["text", "json"], default: "text", help: "form of the log" },
  quiet: { kind: "switch", help: "say nothing" },
} as const satisfies FlagTable;

const TEXT: HelpText = {
  name: "echo-server",
  summary: "returns every byte",
  positionals: { names: "[TEXT]", min: 0, max: 1 },
  examples: [
    ["deno task echo-server", "listens"],
    ["deno task echo-server --quiet", "listens in silence"],
  ],
};

Deno.test("formatHelp shows usage, a line an option, examples and exit codes", PURE, () => {
  assertEquals(
    formatHelp(TEXT, FLAGS).split("\n"),
    [
      "echo-server: returns every byte",
      "",
      "Usage: deno task echo-server [options] [TEXT]",
      "",
      "Options:",
      "  --host ADDRESS   where to listen (default 127.0.0.1)",
      "  --ca FILE        whom to trust",
      "  --grace SECONDS  time to finish (default 0)",
      "  --log text|json  form of the log (default text)",
      "  --quiet          say nothing",
      "",
      "Examples:",
      "  deno task echo-server          listens",
      "  deno task echo-server --quiet  listens in silence",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage",
      "  130 left at once, at a second Ctrl-C",
    ],
  );
});

Deno.test("formatHelp leaves out what there is not, and adds further exit codes", PURE, () => {
  const help = formatHelp({
    ...TEXT,
    name: "echo-client",
    positionals: { names: "", min: 0, max: 0 },
    exitCodes: ["3 nobody was there"],
  }, FLAGS).split("\n");
  assertEquals(help[2], "Usage: deno task echo-client [options]");
  assertEquals(help.slice(-4), [
    "Exit codes: 0 done, 1 failed, 2 wrong usage",
    "  3 nobody was there",
    "  130 interrupted by Ctrl-C",
    '  141 nobody reads the results any more, as in "| head -1"',
  ]);
});
