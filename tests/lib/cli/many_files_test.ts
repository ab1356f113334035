import { assertEquals } from "@std/assert";
import { prepareJob } from "../../../lib/cli/prepare_job.ts";
import { printFileList } from "../../../lib/cli/print_file_list.ts";
import type { JobFlags } from "../../../lib/cli/transfer_job.ts";
import { TransferReport } from "../../../lib/cli/transfer_report.ts";
import { World } from "../../support/file_world.ts";
import { manyFiles } from "../../support/odd_files.ts";
import { CaughtOutput } from "../../support/output.ts";

/** More than a call takes arguments. */
const MANY = 150_000;

Deno.test("a job of very many files is collected", { timeout: 60_000 }, async () => {
  using world = new World();
  const plain = { ...Deno };
  const silent = { json: false, quiet: true, outputTaken: false, resumable: true };
  using report = new TransferReport("put", { ...silent, named: new Set() });
  // The client takes the disk as it is: so many real files would take a quarter of a minute to make.
  Object.assign(Deno, manyFiles(world.path("client"), MANY));
  try {
    const flags = { "max-files": 1_000_000, name: undefined } as JobFlags;
    const launch = { script: import.meta.url, args: [], grants: {} };
    const job = await prepareJob("put", [world.path("client/.")], flags, launch, report);
    assertEquals(typeof job, "function");
  } finally {
    const { lstatSync, readDirSync } = plain;
    Object.assign(Deno, { lstatSync, readDirSync });
  }
});

Deno.test("a list of very many files is printed", { timeout: 60_000 }, () => {
  const entry = { kind: "entry", type: "file", mode: 0, mtime: 0, size: 7, path: "a" } as const;
  using output = new CaughtOutput();
  assertEquals(printFileList(Array.from({ length: MANY }, () => entry), false), 0);
  const lines = output.stdout.trimEnd().split("\n");
  assertEquals(lines.length, MANY);
  assertEquals(lines.at(-1), "7  1970-01-01T00:00:00Z  a");
});
