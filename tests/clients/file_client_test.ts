/**
 * The file client against its server, as people use them: real processes with the permissions of their
 * tasks.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runCommand } from "../support/commands.ts";
import { FileDesk } from "../support/file_desk.ts";
import { content, link } from "../support/file_world.ts";
import { NEEDS_POSIX } from "../support/machine.ts";
import { commandFor, runToEnd } from "../support/process.ts";

const PROCESS = { timeout: 60_000 };

Deno.test("put, list, verify and get: files and directories as they were", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/report.pdf", "a report");
  desk.write("here/photos/a.jpg", content(50_000));
  desk.write("here/photos/zero", "");
  Deno.mkdirSync(desk.path("here/photos/empty"));
  if (Deno.build.os !== "windows") Deno.chmodSync(desk.path("here/report.pdf"), 0o640);
  Deno.utimeSync(desk.path("here/report.pdf"), 1_000_000, 1_000_000.5);
  await using server = await desk.serve();
  const { port } = server;

  const put = await desk.run(port, ["put", "report.pdf", "photos/"]);
  assertEquals([put.code, put.stderr], [0, ""]);
  assertEquals(put.stdout.split("\n").slice(0, -2), [
    'Sent "report.pdf": 8 bytes',
    'Sent "photos/a.jpg": 50,000 bytes',
    'Sent "photos/zero": 0 bytes',
    'Sent "photos": a directory',
    'Sent "photos/empty": a directory',
  ]);
  assertMatch(put.stdout, /^Sent 3 files and 2 directories, 50\.0 kB in \d+\.\d\d s \(.+\/s\)$/m);

  const list = await desk.run(port, ["list"]);
  assertMatch(
    list.stdout,
    /^0 {2}\S+Z {2}photos\/\n8 {2}1970-01-12T13:46:40Z {2}report\.pdf\n$/,
  );
  const inside = await desk.run(port, ["list", "photos/", "--json"]);
  const entries = inside.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    entries.map(({ event, type, path, size }) => [event, type, path, size]),
    [
      ["entry", "directory", "photos", 0],
      ["entry", "file", "photos/a.jpg", 50_000],
      ["entry", "directory", "photos/empty", 0],
      ["entry", "file", "photos/zero", 0],
    ],
  );

  const verified = await desk.run(port, ["verify", "report.pdf", "photos/a.jpg"]);
  assertEquals([verified.code, verified.stdout], [
    5,
    'Same "report.pdf"\nCompared 2 files: 1 the same, 1 not\n',
  ]);
  assertEquals(verified.stderr, 'Missing "a.jpg": the server has no such file\n');

  // What is not here is not compared, and nobody refused it.
  const nowhere = await desk.run(port, ["verify", "report.pdf", "nowhere"]);
  assertEquals([nowhere.code, nowhere.stdout], [
    6,
    'Same "report.pdf"\nCompared 1 file: 1 the same, 0 not, 1 left out\n',
  ]);
  const nothing = await desk.run(port, ["put", "nowhere"]);
  assertMatch(nothing.stdout, /^Sent 0 files, 0 B in \d+\.\d\d s, 1 omitted\n$/);
  assertEquals((await desk.run(port, ["verify", "photos"])).code, 0);

  const get = await desk.run(port, ["get", "report.pdf", "photos/", "--into", "copies"]);
  assertEquals([get.code, get.stderr], [0, ""]);
  assert(desk.same("here/photos/a.jpg", "here/copies/photos/a.jpg"));
  assertEquals(desk.list("here/copies/photos"), ["a.jpg", "empty/", "zero"]);
  const { mode, mtime } = Deno.statSync(desk.path("here/copies/report.pdf"));
  if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o640);
  assertEquals(mtime?.getTime(), 1_000_000_500);
  // Nothing is left but what was sent.
  assertEquals(desk.list("there/shared"), ["photos/", "report.pdf"]);
  assertEquals(await server.stop(), 0);
});

const EXISTING: readonly [rule: string, code: number, files: Record<string, string>][] = [
  ["refuse", 3, { "a (1).txt": "", "a.txt": "old" }],
  ["replace", 0, { "a.txt": "new!" }],
  ["rename", 0, { "a.txt": "old", "a (2).txt": "new!" }],
  ["skip", 0, { "a.txt": "old" }],
];

for (const [rule, code, files] of EXISTING) {
  Deno.test(`--if-exists ${rule}: the others go on, the same is unchanged`, PROCESS, async () => {
    using desk = new FileDesk();
    desk.write("there/shared/a.txt", "old");
    desk.write("there/shared/same.txt", "same");
    for (const [name, text] of [["a.txt", "new!"], ["b.txt", "b"], ["same.txt", "same"]]) {
      desk.write(`here/${name}`, text!);
    }
    await using server = await desk.serve();
    const put = await desk.run(server.port, [
      "put",
      "a.txt",
      "b.txt",
      "same.txt",
      "--if-exists",
      rule,
    ]);
    assertEquals(put.code, code, put.stderr);
    assertMatch(put.stdout, /Sent "b\.txt": 1 byte/);
    for (const [name, text] of Object.entries(files)) {
      if (text !== "") assertEquals(desk.read(`there/shared/${name}`), text);
    }
    assertEquals(desk.list("there/shared").length, rule === "rename" ? 4 : 3);
  });
}

Deno.test("standard input and output take the place of a file", PROCESS, async () => {
  using desk = new FileDesk();
  await using server = await desk.serve();
  const bytes = content(60_000);
  const put = await desk.run(server.port, ["put", "-", "--name", "in/notes.bin"], { stdin: bytes });
  assertEquals([put.code, put.stderr], [0, ""]);
  assertMatch(put.stdout, /^Sent "in\/notes\.bin": 60,000 bytes$/m);
  const get = await desk.run(server.port, ["get", "in/notes.bin", "-o", "-"]);
  assertEquals([get.code, get.bytes.length], [0, bytes.length]);
  assertEquals(get.bytes, bytes);
  assertMatch(get.stderr, /^Received 1 file, 60\.0 kB/m);
  const both = await desk.run(server.port, ["get", "in/notes.bin", "-o", "-", "--json"]);
  assertEquals([both.code, both.bytes], [0, bytes]);
  const events = both.stderr.trimEnd().split("\n").map((line) => JSON.parse(line).event);
  assertEquals([events.includes("job"), events.at(-1)], [true, "summary"]);
  const file = await desk.run(server.port, ["get", "in/notes.bin", "-o", "mine.bin"]);
  assertEquals(file.code, 0);
  assertEquals(Deno.readFileSync(desk.path("here/mine.bin")), bytes);
  const directory = await desk.run(server.port, ["get", "in", "-o", "mine"]);
  assertEquals(directory.code, 3);
  assertMatch(directory.stderr, /^Cannot store "in" as one file: it is a directory/);
  assertEquals(desk.list("here"), ["mine.bin"]);
});

Deno.test("--name gives one file another name", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  await using server = await desk.serve();
  assertEquals((await desk.run(server.port, ["put", "a.txt", "--name", "b/c.txt"])).code, 0);
  assertEquals(desk.read("there/shared/b/c.txt"), "a");
});

Deno.test("--json: events, one object a line, the summary last", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a text");
  await using server = await desk.serve();
  const put = await desk.run(server.port, ["put", "a.txt", "nowhere.txt", "--json"]);
  assertEquals([put.code, put.stderr], [6, ""]);
  const events = put.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.map(({ event, phase }) => phase ?? event), [
    "job",
    "omitted",
    "checking",
    "transferring",
    "start",
    "result",
    "summary",
  ]);
  const { path, outcome, size, resumed } = events[5];
  assertEquals([path, outcome, size, resumed], ["a.txt", "published", 6, 0]);
  const { exitCode, published, omitted, refused, movedBytes } = events[6];
  assertEquals([exitCode, published, omitted, refused, movedBytes], [6, 1, 1, 0, 6]);
  const refusedJob = await desk.run(server.port, ["list", "x", "--json", "--tls"]);
  assertEquals(JSON.parse(refusedJob.stdout).exitCode, refusedJob.code);
  const noToken = await desk.run(server.port, ["list", "--json", "--token-file", "no"]);
  assertEquals([noToken.code, JSON.parse(noToken.stdout).exitCode], [6, 6]);
  const taken = await desk.run(1, ["get", "a.txt", "-o", "-", "--json"]);
  const { event, message } = JSON.parse(taken.stderr);
  assertEquals([taken.code, taken.stdout, event], [1, "", "error"]);
  assertMatch(message, /^Cannot connect to /);
});

Deno.test("--quiet says only what is wrong", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  await using server = await desk.serve();
  const put = await desk.run(server.port, ["put", "a.txt", "b.txt", "--quiet"]);
  assertEquals([put.code, put.stdout], [6, ""]);
  assertEquals(put.stderr, 'Left out "b.txt": there is no such file\n');
});

Deno.test({
  name: `links and special files are left out, and said so${NEEDS_POSIX.reason}`,
  ...PROCESS,
  ignore: NEEDS_POSIX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    desk.write("here/d/a.txt", "a");
    // Deno makes links only with all permissions on files.
    await runCommand("sh", ["-c", `ln -s /etc/passwd "${desk.path("here/d/link")}"`]);
    await using server = await desk.serve();
    const put = await desk.run(server.port, ["put", "d"]);
    assertEquals(put.code, 0);
    assertEquals(put.stderr, 'Left out "d/link": links and special files are never sent\n');
    assertEquals(desk.list("there/shared/d"), ["a.txt"]);
    // Who asks for a link itself does not get it.
    assertEquals((await desk.run(server.port, ["put", "d/link"])).code, 6);
    assertEquals((await desk.run(server.port, ["verify", "d/link"])).code, 6);
    await runCommand("sh", ["-c", `ln -s a.txt "${desk.path("there/shared/d/link")}"`]);
    assertEquals((await desk.run(server.port, ["get", "d"])).code, 0);
    assertEquals((await desk.run(server.port, ["get", "d/link"])).code, 3);
  },
});

const WRONG: readonly [args: string[], message: RegExp][] = [
  [[], /^Missing argument: expected put, get, list or verify, and paths$/m],
  [["push", "x"], /^Unknown command "push": did you mean put\?$/m],
  [["report.pdf"], /^Unknown command "report\.pdf": expected put, get, list or verify$/m],
  [["put"], /^Missing argument: put what\?$/m],
  [["put", "a", ""], /^Cannot put "": a path cannot be empty$/m],
  [["verify", ""], /^Cannot verify "": a path cannot be empty$/m],
  [["get", ""], /^Cannot get "": a path cannot be empty$/m],
  [["list", "a", "b"], /^Cannot list more than one path$/m],
  [["put", "a", "--into", "b"], /^Option --into goes with get$/m],
  [["list", "-o", "b"], /^Option --output goes with get$/m],
  [["get", "a", "-o", "b", "--into", "c"], /^Option --into cannot go with --output$/m],
  [["get", "a", "--name", "b"], /^Option --name goes with put$/m],
  [["put", "a", "--recursive"], /^Option --recursive goes with list$/m],
  [["verify", "a", "--if-exists", "skip"], /^Option --if-exists goes with put and get$/m],
  [["--prune", "--json"], /^Option --json cannot go with --prune$/m],
  [["--prune", "-o", "a"], /^Option --output cannot go with --prune$/m],
  [["put", "a", "--prune"], /^Option --prune goes with no command: "put"$/m],
  [["get", "a", "b", "-o", "c"], /^Option --output is for one file$/m],
  [["get", "../a"], /^Cannot use path "\.\.\/a": it has "\.\." as a part$/m],
  [["verify", "-"], /^Cannot verify standard input: the size of its content is not known$/m],
  [["get", "/etc/passwd"], /^Cannot use path "\/etc\/passwd": it is absolute$/m],
  [["put", "-"], /^Standard input has no name: give one with --name$/m],
  [["put", "-", "a", "--name", "x"], /^Cannot send "-" together with other files$/m],
  [["put", "a", "--name", "../x"], /^Cannot use --name "\.\.\/x": it has "\.\." as a part$/m],
  [["put", "a", "--rate", "fast"], /^Option --rate got "fast": expected bytes of at least 1, /m],
  [["put", "a", "--rate", "1000"], /^Option --rate got 1000: .* at least twice --minimum-rate /m],
  [["put", "a", "--rate", "9", "--minimum-rate", "5"], /^Option --rate got 9: .* \(5\)$/m],
];

Deno.test("wrong usage is found before anybody is called", PROCESS, async () => {
  using desk = new FileDesk();
  for (const [args, message] of WRONG) {
    // Nothing listens on port 1.
    const ended = await desk.run(1, args);
    assertEquals([ended.code, ended.stdout], [2, ""], `${args}: ${ended.stderr}`);
    assertMatch(ended.stderr, message);
  }
});

Deno.test("a path that the task may not touch gives the command that may", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("outside/a.txt", "outside");
  await using server = await desk.serve();
  const path = desk.path("outside/a.txt");
  const refused = await desk.run(server.port, ["put", path]);
  assertEquals(refused.code, 6);
  const [, command] = /^Cannot read file ".*": .*; run: deno (run .*)$/m.exec(refused.stderr)!;
  const words = command!.split(" ");
  const child = new Deno.Command(Deno.execPath(), {
    args: words,
    cwd: desk.path("here"),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const again = await runToEnd("the command", child);
  assertEquals([again.code, again.stderr], [0, ""]);
  assertEquals(desk.read("there/shared/a.txt"), "outside");
  const into = await desk.run(server.port, ["get", "a.txt", "--into", desk.path("outside")]);
  assertEquals(into.code, 6);
  assertMatch(into.stderr, /^Cannot use directory ".*": .*; run: deno run --allow-net=/);
  desk.write("here/file", "");
  for (const place of ["file", "file/below"]) {
    const blocked = await desk.run(server.port, ["get", "a.txt", "--into", place]);
    assertEquals(blocked.code, 6);
    assertEquals(blocked.stderr, `Cannot use directory "${place}": it is no directory\n`);
  }
  for (const flags of [["--token-file", "no-token"], ["--tls", "--ca", "no-ca.pem"]]) {
    const unread = await desk.run(server.port, ["list", ...flags]);
    assertEquals(unread.code, 6, unread.stderr);
    assertMatch(unread.stderr, /^Cannot read .* "no-(token|ca\.pem)": no such file\n$/);
  }
});

Deno.test({
  name: `a link that leads where nothing may be written is found first${NEEDS_POSIX.reason}`,
  ...PROCESS,
  ignore: NEEDS_POSIX.ignore,
  fn: async () => {
    using desk = new FileDesk();
    const outside = desk.path("outside");
    Deno.mkdirSync(outside);
    link("../outside", desk.path("here/copies"));
    // Nobody listens there: it is found before anybody is called.
    const ended = await desk.run(1, ["get", "a.txt", "--into", "copies"], {
      grants: [`--allow-read=${outside}`],
    });
    assertEquals(ended.code, 6);
    assertStringIncludes(ended.stderr, 'Cannot use directory "copies": a permission ');
    assertStringIncludes(ended.stderr, ` --allow-write=copies,${outside} `);
  },
});

Deno.test(
  "the server tells a missing directory, and the flags for another one",
  PROCESS,
  async () => {
    using desk = new FileDesk();
    const start = { cwd: desk.path("there") };
    const missing = await runToEnd(
      "file-server",
      commandFor("file-server", ["--dir", "nowhere"], { ...start, grants: ["--allow-read=."] }),
    );
    assertEquals([missing.code, missing.stdout], [1, ""]);
    assertMatch(
      missing.stderr,
      /^Cannot use directory "nowhere": no such directory; make it first$/m,
    );
    const other = await runToEnd("file-server", commandFor("file-server", ["--dir", "."], start));
    assertEquals(other.code, 1);
    assertMatch(other.stderr, /; run: deno run --allow-net=\S+ --allow-read=\. --allow-write=\. /);
  },
);

Deno.test("nobody there: exit code 1, and how to start the server", PROCESS, async () => {
  using desk = new FileDesk();
  desk.write("here/a.txt", "a");
  const { code, stderr } = await desk.run(1, ["put", "a.txt"]);
  assertEquals(code, 1);
  assertMatch(stderr, /^Cannot connect to 127\.0\.0\.1:1: .*deno task file-server --port 1$/m);
});
