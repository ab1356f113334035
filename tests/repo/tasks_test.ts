import { assert, assertEquals } from "@std/assert";
import { permissionFlags, readProjectFile, scripts, TASKS } from "../support/project.ts";

Deno.test("task, file and executable carry one name", { timeout: 20_000 }, () => {
  for (const { name, path } of scripts()) {
    const task = TASKS.find((task) => task.name === name);
    assert(task !== undefined, `${path} has no task "${name}"`);
    assert(
      task.command.endsWith(` ${path}`) && task.command.startsWith("deno run --no-prompt "),
      `Task "${name}" does not run ${path}: ${task.command}`,
    );
    const source = readProjectFile(path);
    assert(source.includes(`name: "${name}",`), `${path} calls itself something else in --help`);
  }
});

Deno.test("every task has a description", { timeout: 20_000 }, () => {
  const without = TASKS.filter(({ description }) => !(description?.length > 10));
  assertEquals(without.map(({ name }) => name), []);
});

Deno.test("no task has all permissions, or one that is not scoped", { timeout: 20_000 }, () => {
  const offences = TASKS.flatMap(({ name, command }) => {
    return permissionFlags(command)
      .filter((flag) => /^-[A-Z]|--allow-all/.test(flag) || !flag.includes("="))
      .map((flag) => `${name}: ${flag}`);
  });
  assertEquals(offences, []);
});

Deno.test("the first line of a script grants what its task grants", { timeout: 20_000 }, () => {
  for (const { name, path } of scripts()) {
    const [shebang = ""] = readProjectFile(path).split("\n");
    const task = TASKS.find((task) => task.name === name);
    const command = shebang.slice(shebang.indexOf("deno run"));
    assertEquals(permissionFlags(command), permissionFlags(task?.command ?? ""), path);
  }
});
