import { assert, assertEquals } from "@std/assert";
import { Program, runToEnd, Server } from "../support/process.ts";
import { permissionFlags, readProjectFile, ROOT, scripts, TASKS } from "../support/project.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { commandBlocks, programRows, promisedFlags, rowsBelow } from "../support/readme.ts";

/** Commands that are not run from here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "deno task test": "it is what runs this test",
  "deno task check": "it runs the tests, this one among them",
  "deno task bundle": "bundle_test.ts runs what it makes",
  "deno task compile": "compile_test.ts does, where the runtime of executables is at hand",
  "deno unlink @std/cli @std/assert @std/streams": "unlink_test.ts runs it in a copy",
};

Deno.test("the README has a row for every script, and none for others", { timeout: 20_000 }, () => {
  assertEquals(
    programRows().map(({ script, task }) => `${script} ${task}`).sort(),
    scripts().map(({ path, name }) => `${path} ${name}`).sort(),
  );
});

Deno.test("a row promises the permissions that its task has", { timeout: 20_000 }, () => {
  for (const { task, permissions } of programRows()) {
    const command = TASKS.find(({ name }) => name === task)?.command ?? "";
    assertEquals(permissionFlags(command), promisedFlags(permissions), task);
  }
});

Deno.test("each socket call of the README's table is where it says", { timeout: 20_000 }, () => {
  const rows = rowsBelow("## From the tutorials to Deno").filter((cells) => cells.length === 3);
  assert(rows.length > 15, "there are rows");
  for (const [call, deno = "", places = ""] of rows) {
    const code = spans(places).map(readProjectFile);
    // A member is called, or taken out of its object.
    const members = spans(deno).flatMap((span) => span.match(/(?<=\.)\w+/g) ?? [])
      .map((name) => new RegExp(`(\\.|[{,] )${name}\\b`));
    if (code.length === 0 || members.length === 0) continue;
    const missing = members.filter((use) => !code.some((text) => use.test(text)));
    const needless = code.filter((text) => !members.some((use) => use.test(text)));
    assertEquals([missing, needless.length], [[], 0], call);
  }
});

/** What stands between backticks. */
function spans(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
}

/** Where the file server's task keeps its files; what somebody keeps there is none of a test's business. */
const SHARED = new URL("shared", ROOT);
const SHARED_IN_USE = await Deno.lstat(SHARED).then(() => true, () => false);

for (const { heading, blocks } of chapters()) {
  const touchesShared = blocks.some(({ commands }) => commands.join().includes("file-server"));
  const keepsOut = touchesShared && SHARED_IN_USE;
  const reason = keepsOut ? " (left out: ./shared is in use)" : NEEDS_POSIX.reason;
  Deno.test({
    name: `every command of the README runs: ${heading}${reason}`,
    ignore: NEEDS_POSIX.ignore || keepsOut,
    timeout: 100_000,
    fn: async () => {
      await using servers = new AsyncDisposableStack();
      if (touchesShared) servers.defer(removeShared);
      let port = "";
      for (const command of blocks.flatMap(({ commands }) => commands)) {
        if (command in NOT_RUN) continue;
        if (isServer(command)) {
          const server = new Server(command, shell(withPort(command, "0")));
          servers.use(server);
          // Asked to stop, as the task hands that on; killed, it would leave its program behind.
          servers.defer(async () => void await server.stop());
          port = String((await server.listening()).port);
        } else {
          await run(withPort(command, port));
        }
      }
    },
  });
}

/** The blocks below one heading belong together: a server that is started there serves the rest. */
function chapters(): { heading: string; blocks: ReturnType<typeof commandBlocks> }[] {
  const byHeading = Map.groupBy(commandBlocks(), ({ heading }) => heading);
  return [...byHeading].map(([heading, blocks]) => ({ heading, blocks }));
}

function isServer(command: string): boolean {
  return /^deno (task [a-z-]+-server|run .* ?servers\/\w+\.ts)\b/.test(command);
}

/** A free port instead of the program's own, so that tests can run side by side. */
function withPort(command: string, port: string): string {
  // Nobody listens in this chapter.
  if (port === "") return command;
  if (command.includes("| nc ")) return command.replace(/\d+$/, port);
  const ours = /(deno task [a-z-]+-(server|client)|deno run .*(servers|clients)\/\w+\.ts)/;
  return command.replace(ours, `$1 --port ${port}`);
}

/** Runs a line as a shell would, with this very Deno as `deno`. */
function shell(line: string): Deno.Command {
  const deno = Deno.execPath();
  const folder = deno.slice(0, deno.lastIndexOf("/"));
  return new Deno.Command("sh", {
    args: ["-c", `PATH="$0:$PATH"; ${isServer(line) ? "exec " : ""}${line}`, folder],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(line: string): Promise<void> {
  await using program = new Program(line, shell(line));
  await program.endInput();
  // The demo takes as long as it takes; the test's own time is the limit.
  await program.status;
  const { code } = await program.end();
  const missing = /sh: .*(nc|ncat|socat|curl): .*not found/.test(program.stderr.text);
  assert(code === 0 || missing, `${line}: exit code ${code}\n${program.stderr.text}`);
}

/** The tests themselves may not write there: the shell may. */
async function removeShared(): Promise<void> {
  await runToEnd("rm", shell("rm -r shared"));
}
