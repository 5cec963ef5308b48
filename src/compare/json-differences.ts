import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { parseExactJson } from '../json/exact.ts';
import { isObject } from '../json/read.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import { compareFields, type WeighedField } from './field-differences.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The fields in which two blobs of session metadata differ. */
export function compareMetadata(
  trees: ObjectOverlay,
  expected: ObjectId,
  actual: ObjectId,
  place: DifferencePlace,
): Promise<Difference[]> {
  return compareObjects(trees, expected, actual, place, (ours, theirs) =>
    compareFields(ours, theirs).map((found) => fieldDifference(found, place)),
  );
}

/**
 * Compares two blobs that should be JSON objects. Where one of them is not, or is too large to be read as one text, they are
 * simply different; where `compare` finds nothing, they hold the same values in other bytes. `isExplained`: other differences
 * say why the bytes differ.
 */
export async function compareObjects(
  trees: ObjectOverlay,
  expected: ObjectId,
  actual: ObjectId,
  place: DifferencePlace,
  compare: (expected: Fields, actual: Fields) => Difference[],
  isExplained = false,
): Promise<Difference[]> {
  const contents = [await trees.blob(expected), await trees.blob(actual)];
  const isAbsent = contents.includes(undefined) && ((await trees.isAbsent(expected)) || (await trees.isAbsent(actual)));
  if (isAbsent) return [{ ...place, kind: 'file', change: 'absent' }];
  const [ours, theirs] = contents.map((content) => parseFields(content));
  if (ours === undefined || theirs === undefined) return [{ ...place, kind: 'file', change: 'changed' }];
  const found = compare(ours, theirs);
  if (found.length > 0 || isExplained) return found;
  return [{ ...place, kind: 'file', change: 'form', form: 'values' }];
}

function parseFields(content: Buffer | undefined): Fields | undefined {
  try {
    const value = parseExactJson(content?.toString() ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A field that differs, at its place; `index` is that of the entry in `sessions[]` that it is in. */
export function fieldDifference(found: WeighedField, place: DifferencePlace, index?: number): Difference {
  if (index === undefined) return { ...place, ...found, kind: 'field' };
  return { ...place, ...found, kind: 'field', index, field: `sessions[${index}].${found.field}` };
}
