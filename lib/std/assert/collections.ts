/** Compares two values that a collection holds, by the rules of whoever compares the collections. */
export type Same = (left: unknown, right: unknown) => boolean;

/** Whether two values are the same without looking inside: `NaN` equals itself and `0` equals `-0`. */
export function sameValue(left: unknown, right: unknown): boolean {
  return left === right || Object.is(left, right);
}

/** Compares numbers element by element, in order. */
export function sameElements(left: ArrayLike<unknown>, right: ArrayLike<unknown>): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (!sameValue(left[index], right[index])) return false;
  }
  return true;
}

/** Pairs the members up, each once: those that are in both sets by lookup, the rest by search. */
export function sameMembers(left: Set<unknown>, right: Set<unknown>, same: Same): boolean {
  if (left.size !== right.size) return false;
  const unpaired = [...right].filter((member) => !left.has(member));
  for (const member of left) {
    if (right.has(member)) continue;
    const index = unpaired.findIndex((other) => same(member, other));
    if (index === -1) return false;
    unpaired.splice(index, 1);
  }
  return true;
}

/** Pairs the entries up, each once: those with a key of both maps by lookup, the rest by search. */
export function sameEntries(
  left: Map<unknown, unknown>,
  right: Map<unknown, unknown>,
  same: Same,
): boolean {
  if (left.size !== right.size) return false;
  const unpaired = [...right].filter(([key]) => !left.has(key));
  for (const [key, value] of left) {
    if (right.has(key)) {
      if (!same(value, right.get(key))) return false;
      continue;
    }
    const index = unpaired.findIndex(([otherKey, otherValue]) =>
      same(key, otherKey) && same(value, otherValue)
    );
    if (index === -1) return false;
    unpaired.splice(index, 1);
  }
  return true;
}
