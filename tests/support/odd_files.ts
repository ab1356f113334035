/**
 * File layers on which some calls find something else than the disk has: what no test can make there.
 *
 * @module
 */

import { DISK, type FileLayer, type OpenFile } from "../../lib/file/file_layer.ts";

/** The disk, with some of its calls replaced. */
export function withCalls(calls: Partial<FileLayer>): FileLayer {
  return overlay(DISK, calls);
}

/** The disk, with something else to see of files and directories, by path and through handles. */
export function seenAs(
  see: (path: string, facts: Deno.FileInfo) => Partial<Deno.FileInfo>,
): FileLayer {
  const look = (path: string, facts: Deno.FileInfo): Deno.FileInfo => ({
    ...facts,
    ...see(path, facts),
  });
  return withCalls({
    lstatSync: (path) => look(String(path), Deno.lstatSync(path)),
    openSync: (path, options) => {
      const file: OpenFile = Deno.openSync(path, options);
      return overlay(file, { statSync: () => look(path, file.statSync()) });
    },
  });
}

function overlay<Target extends object>(target: Target, calls: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_, name): unknown => {
      const method: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

/** Calls that find so many empty files in one directory. */
export function manyFiles(directory: string, count: number): Partial<FileLayer> {
  const facts = { ...Deno.lstatSync(directory), isFile: true, isDirectory: false, size: 0 };
  const isInside = (path: string | URL): boolean => String(path).startsWith(`${directory}/`);
  const [lstat, readDir] = [Deno.lstatSync, Deno.readDirSync];
  return {
    lstatSync: (path) => isInside(path) ? facts : lstat(path),
    readDirSync: (path) =>
      String(path) !== directory
        ? readDir(path)
        : Iterator.from(Array.from({ length: count }, (_, number) => ({
          name: `${number}`,
          isFile: true,
          isDirectory: false,
          isSymlink: false,
        }))),
  };
}
