import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import { CommandError, EXIT } from "../../../lib/cli/exit.ts";
import type { FlagTable } from "../../../lib/cli/flags.ts";
import { type Program, runProgram } from "../../../lib/cli/program.ts";
import { CaughtOutput } from "../../support/output.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

const FLAGS = {
  port: { kind: "integer", value: "PORT", min: 0, max: 9, default: 7, help: "port" },
} as const satisfies FlagTable;

const PROGRAM: Program<typeof FLAGS> = {
  name: "echo-server",
  summary: "returns every byte",
  positionals: { names: "[TEXT]", min: 0, max: 1 },
  flags: FLAGS,
  examples: [["deno task echo-server", "listens"]],
};

function notCalled(): Promise<number> {
  throw new Error("The main part must not run");
}

Deno.test(
  "runProgram hands the command line to the main part and returns its code",
  PURE,
  async () => {
    using output = new CaughtOutput();
    const code = await runProgram(PROGRAM, ["--port", "3", "text"], (line) => {
      assertEquals(line.flags.port, 3);
      assertEquals(line.positionals, ["text"]);
      return Promise.resolve(42);
    });
    assertEquals([code, output.stdout, output.stderr], [42, "", ""]);
  },
);

Deno.test(
  "runProgram shows the help on standard output, whatever else is asked",
  PURE,
  async () => {
    for (const args of [["--help"], ["--port", "oops", "--help"], ["--version", "--help"]]) {
      using output = new CaughtOutput();
      const code = await runProgram(PROGRAM, args, notCalled);
      assertEquals([code, output.stderr], [EXIT.done, ""]);
      assertStringIncludes(output.stdout, "Usage: deno task echo-server [options] [TEXT]\n");
      assertStringIncludes(output.stdout, "  --port PORT  port (default 7)\n");
      assertStringIncludes(output.stdout, "  --help       show this help\n");
      assertStringIncludes(output.stdout, "  --version    show the version\n");
    }
  },
);

Deno.test("runProgram shows the version on standard output", PURE, async () => {
  using output = new CaughtOutput();
  assertEquals(await runProgram(PROGRAM, ["--version"], notCalled), EXIT.done);
  assertEquals([output.stdout, output.stderr], [`echo-server ${config.version}\n`, ""]);
});

Deno.test("runProgram takes what stands behind -- for no option", PURE, async () => {
  for (const text of ["--help", "--version"]) {
    using output = new CaughtOutput();
    const code = await runProgram(PROGRAM, ["--", text], ({ positionals }) => {
      assertEquals(positionals, [text]);
      return Promise.resolve(EXIT.done);
    });
    assertEquals([code, output.stdout, output.stderr], [EXIT.done, "", ""]);
  }
});

Deno.test("runProgram turns wrong usage into two lines and exit code 2", PURE, async () => {
  using output = new CaughtOutput();
  assertEquals(await runProgram(PROGRAM, ["--port", "x"], notCalled), EXIT.usage);
  assertEquals(
    output.stderr,
    'Option --port got "x": expected a whole number from 0 to 9\n' +
      "Usage: deno task echo-server --help\n",
  );
  assertEquals(output.stdout, "");
});

Deno.test("runProgram turns a failure into one line and its exit code", PURE, async () => {
  for (const [options, exitCode] of [[{}, EXIT.failed], [{ exitCode: 3 }, 3]] as const) {
    using output = new CaughtOutput();
    const fail = (): Promise<number> =>
      Promise.reject(new CommandError("Cannot do it: no", options));
    assertEquals(await runProgram(PROGRAM, [], fail), exitCode);
    assertEquals([output.stdout, output.stderr], ["", "Cannot do it: no\n"]);
  }
});

Deno.test("runProgram does not hide a fault of its own", PURE, async () => {
  using _output = new CaughtOutput();
  const fail = (): Promise<number> => Promise.reject(new TypeError("undefined is no function"));
  await assertRejects(() => runProgram(PROGRAM, [], fail), TypeError);
});
