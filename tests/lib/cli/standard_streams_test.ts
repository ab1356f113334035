import { assertEquals, assertRejects } from "@std/assert";
import { CommandError } from "../../../lib/cli/exit.ts";
import { standardInput, standardOutput } from "../../../lib/cli/standard_streams.ts";
import { writeAll } from "../../../lib/net/write_all.ts";
import { NEEDS_POSIX } from "../../support/machine.ts";
import { runClient } from "../../support/process.ts";
import { echoPlainly, serveHere } from "../../support/serving.ts";

const PURE = { permissions: "none", timeout: 5_000 } as const;

Deno.test("standardInput and standardOutput say which stream failed, and why", PURE, async () => {
  const { read, write } = { read: Deno.stdin.read, write: Deno.stdout.write };
  const cases = [
    [new Error("Input/output error"), "Input/output error"],
    [new Error("No space left on device\n"), "No space left on device\\n"],
  ] as const;
  try {
    for (const [error, reason] of cases) {
      Deno.stdin.read = Deno.stdout.write = () => Promise.reject(error);
      await assertRejects(
        () => standardInput.read(new Uint8Array(1)),
        CommandError,
        `Cannot read standard input: ${reason}`,
      );
      await assertRejects(
        () => standardOutput.write(new Uint8Array(1)),
        CommandError,
        `Cannot write standard output: ${reason}`,
      );
    }
  } finally {
    Object.assign(Deno.stdin, { read });
    Object.assign(Deno.stdout, { write });
  }
});

Deno.test("standardOutput waits for a pipe that is full for the moment", PURE, async () => {
  const { write } = Deno.stdout;
  const taken: number[] = [];
  let calls = 0;
  try {
    Deno.stdout.write = (bytes) => {
      if (++calls % 2 === 1) return Promise.reject(new Deno.errors.WouldBlock("full"));
      taken.push(...bytes.subarray(0, 2));
      return Promise.resolve(Math.min(bytes.length, 2));
    };
    await writeAll(standardOutput, new Uint8Array([1, 2, 3]));
  } finally {
    Object.assign(Deno.stdout, { write });
  }
  assertEquals([taken, calls], [[1, 2, 3], 4]);
});

Deno.test(
  `standardInput that is a directory ends a client with a sentence${NEEDS_POSIX.reason}`,
  { timeout: 30_000, ignore: NEEDS_POSIX.ignore },
  async () => {
    await using server = serveHere(echoPlainly);
    const args = ["-", "--port", String(server.port)];
    const { code, stderr } = await runClient("echo-client", args, { shell: "exec < tests" });
    assertEquals([code, stderr], [1, "Cannot read standard input: it is a directory\n"]);
  },
);
