/**
 * Stores a value in nested objects, along a path of names, and makes those that are missing. With
 * `collects` the value joins an array. Names that reach into a prototype are ignored, because the
 * path may come from whoever types the command line.
 */
export function setAt(
  root: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
  collects: boolean,
): void {
  if (path.some((name) => name === "__proto__" || name === "constructor")) return;
  let holder = root;
  for (const name of path.slice(0, -1)) {
    const inner = Object.hasOwn(holder, name) ? holder[name] : undefined;
    if (isRecord(inner)) {
      holder = inner;
    } else {
      const made = {};
      holder[name] = made;
      holder = made;
    }
  }
  const last = path.at(-1)!;
  const present = Object.hasOwn(holder, last) ? holder[last] : undefined;
  if (!collects) holder[last] = value;
  else if (Array.isArray(present)) present.push(value);
  else holder[last] = present ? [present, value] : [value];
}

/** Whether a value was stored along a path of names. */
export function hasAt(root: Record<string, unknown>, path: readonly string[]): boolean {
  let value: unknown = root;
  for (const name of path) {
    if (!isRecord(value) || !Object.hasOwn(value, name)) return false;
    value = value[name];
  }
  return true;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
