import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { NEEDS_LINUX } from "../support/machine.ts";
import { runToEnd, Server } from "../support/process.ts";
import { permissionFlags, scripts, TASKS } from "../support/project.ts";
import { ScratchDirectory } from "../support/scratch.ts";
import { needsRuntime, OFFLINE } from "./available.ts";
import { BuildError } from "./baked.ts";
import { runDeno } from "./child.ts";
import { compileProgram, wrongProduct } from "./compile.ts";
import { type Cast, CONVERSATIONS } from "./conversations.ts";

const RUNTIME = await needsRuntime();

/** What of a product's metadata is looked at here. */
interface Embedded {
  readonly entrypoint_key: string;
  readonly permissions: Record<string, unknown> & { prompt: boolean };
  readonly unstable_config: { features: string[] };
}

for (const { name, path } of scripts()) {
  Deno.test({
    name: `an executable of ${name} carries what its task grants${NEEDS_LINUX.reason}`,
    ignore: NEEDS_LINUX.ignore,
    timeout: 60_000,
    fn: async () => {
      using scratch = new ScratchDirectory();
      const product = scratch.file(name);
      const task = TASKS.find((task) => task.name === name)?.command ?? "";
      const flags = permissionFlags(task);
      // Any program of this system's format can be given the payload, to look at what it is.
      const args = ["compile", "--quiet", "--no-check", "--no-prompt", ...flags];
      const { code, said } = await runDeno([...args, "--output", product, path], {
        DENORT_BIN: "/bin/sh",
      });
      assertEquals([code, said], [0, ""]);
      const { entrypoint_key, permissions, unstable_config } = embeddedIn(product);
      assertEquals(entrypoint_key, path);
      assertEquals(unstable_config.features, config.unstable);
      assertEquals(permissions.prompt, false);
      const { prompt: _, allow_import: __, ...kinds } = permissions;
      const granted = Object.entries(kinds).filter(([, value]) => value !== null);
      assertEquals(Object.fromEntries(granted), Object.fromEntries(flags.map(asEmbedded)));
    },
  });

  Deno.test(`${name} is made of the project's own files`, { timeout: 60_000 }, async () => {
    const { code, said } = await runDeno(["info", "--json", path], OFFLINE);
    assertEquals(code, 0);
    const { modules, npmPackages } = JSON.parse(said);
    const root = new URL("../../", import.meta.url).href;
    const foreign = (modules as { specifier: string; error?: string }[])
      .filter(({ specifier }) => !specifier.startsWith("node:"))
      .filter(({ specifier, error }) => {
        const [folder = ""] = specifier.slice(root.length).split("/");
        const ours = ["servers", "clients", "lib", "deno.json"].includes(folder);
        return error !== undefined || !specifier.startsWith(root) || !ours;
      });
    assertEquals(foreign, []);
    assertEquals(npmPackages ?? {}, {});
  });
}

for (const { programs, talk } of CONVERSATIONS) {
  Deno.test({
    name: `compiled: ${programs.join(", ")}${RUNTIME.reason}`,
    ignore: RUNTIME.ignore,
    timeout: 100_000,
    fn: async () => {
      using scratch = new ScratchDirectory();
      const folder = scratch.path;
      for (const name of programs) await compileProgram(name, { folder, env: OFFLINE });
      await talk(compiledCast(folder));
    },
  });
}

Deno.test({
  name: `deno itself is not taken for the runtime of executables${NEEDS_LINUX.reason}`,
  ignore: NEEDS_LINUX.ignore,
  timeout: 60_000,
  fn: async () => {
    using scratch = new ScratchDirectory();
    const env = { DENORT_BIN: Deno.execPath() };
    const error = await assertRejects(
      () => compileProgram("echo-client", { folder: scratch.path, env }),
      BuildError,
    );
    assertStringIncludes(error.message, "; DENORT_BIN names deno itself, and must name denort");
    assertEquals([...Deno.readDirSync(scratch.path)], []);
  },
});

Deno.test("a missing runtime is one sentence with two ways out", { timeout: 60_000 }, async () => {
  using scratch = new ScratchDirectory();
  const env = { ...OFFLINE, DENO_DIR: scratch.absolute("cache") };
  // For another system, so that a DENORT_BIN of the environment cannot be what is wanted.
  const other = Deno.build.os === "darwin" ? "x86_64-unknown-linux-gnu" : "aarch64-apple-darwin";
  const options = { folder: scratch.path, flags: ["--target", other], env };
  const error = await assertRejects(() => compileProgram("echo-client", options), BuildError);
  assertMatch(
    error.message,
    /^Cannot compile echo-client: the runtime .* cannot be downloaded; put denort-\S+\.zip into \S+\/dl\/release\/v[\d.]+, or unpack it and let DENORT_BIN name the file$/,
  );
});

Deno.test("a product is known by its answer", { timeout: 20_000 }, () => {
  const cases: [string, number, RegExp | undefined][] = [
    [`echo-server ${config.version}\n`, 0, undefined],
    [`echo-server ${config.version}\n`, 1, /exit code 1/],
    ["echo-server 0.0.0\n", 0, /"echo-server 0\.0\.0"/],
    ["deno 2.9.6 (stable)\nv8 15\n", 0, /"deno 2\.9\.6 \(stable\)".*names deno itself/],
    ["", 139, /exit code 139, .*if DENORT_BIN is set/],
  ];
  for (const [said, code, wanted] of cases) {
    const wrong = wrongProduct("echo-server", { said, code });
    if (wanted === undefined) assertEquals(wrong, undefined);
    else assertMatch(wrong ?? "", wanted);
  }
});

Deno.test("every program has a task that makes its executable", { timeout: 20_000 }, () => {
  const tasks = TASKS.filter(({ name }) => name.startsWith("compile:"));
  assertEquals(
    tasks.map(({ command }) => command.split(" ").at(-1)).sort(),
    scripts().map(({ name }) => name).sort(),
  );
  for (const { name, command } of tasks) {
    assertEquals(`compile:${command.split(" ").at(-1)}`, name);
  }
});

/** The metadata that `deno compile` put into a product: JSON between binary sections. */
function embeddedIn(path: string): Embedded {
  const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
  const start = text.indexOf('{"argv":');
  const end = text.indexOf("\0", start);
  return JSON.parse(text.slice(start, end));
}

/** `--allow-net=a,b` as `["allow_net", ["a", "b"]]`. */
function asEmbedded(flag: string): [string, string[]] {
  const [name = "", values = ""] = flag.slice(2).split(/=(.*)/s);
  return [name.replace("-", "_"), values.split(",")];
}

function compiledCast(folder: string): Cast {
  // The tests may start sh, but not what was built a moment ago.
  const command = (name: string, args: readonly string[]): Deno.Command =>
    new Deno.Command("sh", {
      args: ["-c", 'exec "$0" "$@"', `./${name}`, ...args],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
  return {
    serve: async (name, args = []) =>
      await new Server(name, command(name, ["--port", "0", ...args])).listening(),
    run: (name, args, stdin) => runToEnd(name, command(name, args), stdin),
  };
}
