import { withoutMarks } from '../json/exact.ts';
import { parseJsonDocument } from '../json/tokens.ts';

/** A field that is not the same in two JSON values. `field` is its place, as `sessions[0].prompt`. */
export interface ValueDifference {
  readonly field: string;
  readonly kind: 'lost' | 'changed' | 'added';
  /** The values; `undefined` where there is none. */
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Texts that differ in more fields than this are simply different. */
const MAX_DIFFERENCES = 100;

/**
 * The fields in which two JSON texts differ. `undefined` when one of them is not JSON, when they differ in their form alone
 * (white space, the spelling of a number), which no field shows, or in more than 100 fields.
 */
export function compareJson(expected: Buffer, actual: Buffer): ValueDifference[] | undefined {
  try {
    const differences: ValueDifference[] = [];
    for (const difference of compareValues(parseJsonDocument(`${expected}`), parseJsonDocument(`${actual}`), '')) {
      if (differences.push(difference) > MAX_DIFFERENCES) return undefined;
    }
    return differences.length === 0 ? undefined : differences;
  } catch {
    return undefined;
  }
}

/** Characters of a value that a difference shows: it may be a prompt of any length. */
const MAX_SHOWN = 120;

/** Two values as JSON texts that fit in a line; a side without a value has none. */
export function shownValues(expected: unknown, actual: unknown): { readonly old?: string; readonly new?: string } {
  const [before, after] = [shown(expected), shown(actual)];
  return { ...(before === undefined ? {} : { old: before }), ...(after === undefined ? {} : { new: after }) };
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = withoutMarks(JSON.stringify(typeof value === 'string' ? value.slice(0, MAX_SHOWN) : value));
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}

/** The places in which two values out of JSON texts differ. `field` is the place of the values themselves. */
export function* compareValues(expected: unknown, actual: unknown, field: string): Generator<ValueDifference> {
  if (Object.is(expected, actual)) return;
  if (!isContainer(expected) || !isContainer(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
    yield { field, kind: 'changed', expected, actual };
    return;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const inner = Array.isArray(expected) ? `${field}[${key}]` : field === '' ? key : `${field}.${key}`;
    if (!Object.hasOwn(actual, key)) yield { field: inner, kind: 'lost', expected: expected[key], actual: undefined };
    else if (!Object.hasOwn(expected, key))
      yield { field: inner, kind: 'added', expected: undefined, actual: actual[key] };
    else yield* compareValues(expected[key], actual[key], inner);
  }
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
