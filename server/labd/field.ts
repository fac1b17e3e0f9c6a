/** Reading what a program printed about things a learner may have named: nothing is trusted, nothing throws. */

/** The longest name, address or flag that is kept, characters; the kernel's own are far shorter. */
const TEXT_MAX = 64;
/** The most entries of a list inside an entry: addresses of a link, flags. */
const INNER_MAX = 64;

type Fields = Record<string, unknown>;

/** The value as an object with fields; an empty one when it is none. */
export function fields(value: unknown): Fields {
  // A plain object from JSON.parse: its fields are unknown until each is read.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A short text, or undefined. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_MAX) : undefined;
}

/** A non-negative whole number, or undefined. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The short texts of a list. */
export function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, INNER_MAX).flatMap((item) => text(item) ?? []);
}

/** The objects of a list, at most `max`. */
export function objects(value: unknown, max: number = INNER_MAX): Fields[] {
  return Array.isArray(value) ? value.slice(0, max).map(fields) : [];
}
