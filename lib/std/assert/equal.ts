import { sameElements, sameEntries, sameMembers, sameValue } from "./collections.ts";

/** One pair of objects whose comparison is under way; `outer` is the pair that holds it. */
interface Frame {
  readonly left: object;
  readonly right: object;
  readonly outer: Frame | undefined;
}

/** Types whose text says all there is to compare; their state lies in slots that no property shows. */
const COMPARED_AS_TEXT: ReadonlySet<object> = new Set<object>([
  RegExp.prototype,
  URL.prototype,
  URLSearchParams.prototype,
  Intl.Locale.prototype,
]);

/**
 * Tells whether two values are deeply equal: `NaN` equals itself and `0` equals `-0`, prototypes must
 * agree (a null prototype counts as a plain object), a missing property differs from `undefined`, and
 * sets and maps are compared without order. Throws `TypeError` for weak collections: nobody can list
 * their entries.
 */
export function equal(left: unknown, right: unknown): boolean {
  return same(left, right, undefined);
}

function same(left: unknown, right: unknown, outer: Frame | undefined): boolean {
  if (sameValue(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return false;
  if (left instanceof Date && right instanceof Date) return Object.is(+left, +right);
  if (prototypeOf(left) !== prototypeOf(right)) return false;
  // A cycle leads back to a pair under way: that pair decides, this visit must not recurse again.
  for (let frame = outer; frame; frame = frame.outer) {
    if (frame.left === left && frame.right === right) return true;
  }
  return sameContents(left, right, { left, right, outer });
}

function sameContents(left: object, right: object, frame: Frame): boolean {
  const sameInside = (one: unknown, other: unknown): boolean => same(one, other, frame);
  if (isTypedArray(left) && isTypedArray(right)) return sameElements(left, right);
  if (isBuffer(left) && isBuffer(right)) {
    return sameElements(new Uint8Array(left), new Uint8Array(right));
  }
  if (left instanceof WeakMap || left instanceof WeakSet) {
    throw new TypeError("Cannot compare weak collections: their entries cannot be listed");
  }
  if (left instanceof WeakRef && right instanceof WeakRef) {
    return sameInside(left.deref(), right.deref());
  }
  if (COMPARED_AS_TEXT.has(prototypeOf(left))) return String(left) === String(right);
  const areSets = left instanceof Set && right instanceof Set;
  if (areSets && !sameMembers(left, right, sameInside)) return false;
  const areMaps = left instanceof Map && right instanceof Map;
  if (areMaps && !sameEntries(left, right, sameInside)) return false;
  return sameProperties(left, right, frame);
}

function sameProperties(left: object, right: object, frame: Frame): boolean {
  // Holes at the end of an array show in its length alone.
  if (Array.isArray(left) && Array.isArray(right) && left.length !== right.length) return false;
  const keys = propertiesOf(left);
  const others = propertiesOf(right);
  if (keys.size !== others.size) return false;
  for (const key of keys) {
    if (!others.has(key)) return false;
    if (!same(Reflect.get(left, key), Reflect.get(right, key), frame)) return false;
  }
  return true;
}

/**
 * Plain objects and collections show their state in own enumerable properties. Of other classes all
 * properties count, getters of the class too, because that is where built-in classes keep their state.
 */
function propertiesOf(value: object): Set<PropertyKey> {
  const prototype = prototypeOf(value);
  const isOpen = prototype === Object.prototype || Array.isArray(value) || value instanceof Map ||
    value instanceof Set;
  const own = Reflect.ownKeys(value);
  if (isOpen) {
    return new Set(own.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
  }
  const keys = new Set<PropertyKey>(own);
  for (let link = prototype; link !== Object.prototype; link = prototypeOf(link)) {
    for (const key of Reflect.ownKeys(link)) keys.add(key);
  }
  return keys;
}

/** The prototype, or that of plain objects where there is none: Deno's addresses have none. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isTypedArray(value: object): value is object & ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isBuffer(value: object): value is ArrayBuffer | SharedArrayBuffer {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}
