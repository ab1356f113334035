import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { VERSION } from "../../lib/cli/version.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { runToEnd, Server } from "../support/process.ts";
import { scripts } from "../support/project.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { needsBundler, OFFLINE } from "./available.ts";
import { bakedFlags, BuildError } from "./baked.ts";
import { bundleFlags, bundleProgram } from "./bundle.ts";
import { type Cast, CONVERSATIONS } from "./conversations.ts";

const BUNDLER = await needsBundler();

Deno.test("every program is in a conversation", { timeout: 20_000 }, () => {
  const cast = CONVERSATIONS.flatMap(({ programs }) => programs);
  assertEquals([...new Set(cast)].sort(), scripts().map(({ name }) => name).sort());
});

for (const { programs, talk } of CONVERSATIONS) {
  Deno.test({
    name: `bundled, away from the project: ${programs.join(", ")}${BUNDLER.reason}`,
    ignore: BUNDLER.ignore,
    timeout: 60_000,
    fn: async () => {
      using away = new ScratchDirectory();
      await Promise.all(programs.map((name) => {
        return bundleProgram(name, { folder: away.path, env: OFFLINE });
      }));
      await talk(bundledCast(away.path));
    },
  });
}

Deno.test({
  name: `a bundle's workers load the bundle${BUNDLER.reason || NEEDS_POSIX.reason}`,
  ignore: BUNDLER.ignore || Deno.build.os !== "linux",
  timeout: 60_000,
  fn: async () => {
    using away = new ScratchDirectory();
    await bundleProgram("echo-server", { folder: away.path, env: OFFLINE });
    const flags = ["--allow-read=echo-server.js", ...bundleFlags("echo-server")];
    const args = ["--port", "0", "--workers", "2"];
    await using server = new Server("echo", command(away.path, "echo-server", args, flags));
    await server.listening();
    assertEquals(await server.stop(), 0);
  },
});

Deno.test({
  name: `a bundle starts by its own name${BUNDLER.reason || NEEDS_POSIX.reason}`,
  ignore: BUNDLER.ignore || NEEDS_POSIX.ignore,
  timeout: 60_000,
  fn: async () => {
    using away = new ScratchDirectory();
    const path = await bundleProgram("echo-client", { folder: away.path, env: OFFLINE });
    const deno = Deno.execPath();
    const line = `PATH="${deno.slice(0, deno.lastIndexOf("/"))}:$PATH"; exec ${path} --version`;
    const { code, stdout } = await runToEnd("a bundle", piped("sh", ["-c", line]));
    assertEquals([code, stdout], [0, `echo-client ${VERSION}\n`]);
  },
});

Deno.test({
  name: `a bundle that needs UDP says how to start it${BUNDLER.reason}`,
  ignore: BUNDLER.ignore,
  timeout: 60_000,
  fn: async () => {
    using away = new ScratchDirectory();
    for (const name of ["udp-echo-server", "udp-echo-client"]) {
      await bundleProgram(name, { folder: away.path, env: OFFLINE });
      const { code, stderr } = await runToEnd(name, command(away.path, name, [], bakedFlags(name)));
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /^Cannot use UDP: Deno was started without --unstable-net; run: deno run --unstable-net --allow-net=\S+ udp-echo-\w+\.js\n$/,
      );
    }
  },
});

Deno.test({
  name: `a bundle of TCP says how to start it, without more than it needs${BUNDLER.reason}`,
  ignore: BUNDLER.ignore,
  timeout: 60_000,
  fn: async () => {
    using away = new ScratchDirectory();
    await bundleProgram("echo-server", { folder: away.path, env: OFFLINE });
    const start = command(away.path, "echo-server", ["--port", "7000"], ["--no-prompt"]);
    const { code, stderr } = await runToEnd("echo-server", start);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /; run: deno run --allow-net=127\.0\.0\.1:7000 echo-server\.js --port 7000\n$/,
    );
  },
});

Deno.test("without the bundler, one sentence says what to do", { timeout: 60_000 }, async () => {
  using away = new ScratchDirectory();
  const env = { ...OFFLINE, DENO_DIR: away.absolute("cache") };
  const error = await assertRejects(
    () => bundleProgram("echo-client", { folder: away.path, env }),
    BuildError,
  );
  assertEquals(
    error.message,
    "Cannot bundle echo-client: the bundler is not in the cache and cannot be downloaded; " +
      "run this once where the npm registry can be reached",
  );
});

/** Bundles in a folder, run as their first lines say; the folder is not the project's as far as they can see. */
function bundledCast(folder: string): Cast {
  return {
    async serve(name, args = []): Promise<Server> {
      const server = new Server(name, command(folder, name, ["--port", "0", ...args]));
      return await server.listening();
    },
    run: (name, args, stdin) => runToEnd(name, command(folder, name, args), stdin),
  };
}

function command(
  folder: string,
  name: string,
  args: readonly string[],
  flags: readonly string[] = bundleFlags(name),
): Deno.Command {
  // Without it, Deno would look for deno.json in the folders above, and the scratch folder has the project's.
  const words = ["run", "--no-config", ...flags, `${name}.js`, ...args];
  return piped(Deno.execPath(), words, folder);
}

function piped(program: string, args: readonly string[], cwd = "."): Deno.Command {
  const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(program, { args: [...args], cwd, env: { NO_COLOR: "1" }, ...streams });
}
