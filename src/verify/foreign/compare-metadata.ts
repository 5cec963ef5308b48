import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { parseExactJson } from '../../json/exact.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { compareFields, type WeighedDifference } from './compare-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Compares two blobs of session metadata by their fields. */
export function compareMetadata(
  trees: ObjectOverlay,
  v1: ObjectId,
  v2: ObjectId,
  place: FindingPlace,
): Promise<Finding[]> {
  return compareObjects(trees, v1, v2, place, (ours, theirs) =>
    compareFields(ours, theirs).map((difference) => fieldFinding(difference, place)),
  );
}

/**
 * Compares two blobs that should be JSON objects. Where one of them is none, or too large to be read as one text, they are
 * simply different; where `compare` finds nothing, they hold the same values in other bytes. `isExpected`: that is due to
 * something that has been told, and needs no finding of its own.
 */
export async function compareObjects(
  trees: ObjectOverlay,
  v1: ObjectId,
  v2: ObjectId,
  place: FindingPlace,
  compare: (v1: Fields, v2: Fields) => Finding[],
  isExpected = false,
): Promise<Finding[]> {
  const contents = [await trees.blob(v1), await trees.blob(v2)];
  if (contents.includes(undefined)) {
    return [finding('FILE_NOT_COMPARED', `${place.path} is another file than in V1, and is absent here`, place)];
  }
  const [ours, theirs] = contents.map((content) => parseFields(content));
  if (ours === undefined || theirs === undefined) {
    return [finding('FILE_CHANGED', `${place.path} has other content than V1 gives it`, place)];
  }
  const findings = compare(ours, theirs);
  if (findings.length > 0 || isExpected) return findings;
  return [finding('FILE_DIFFERS', `${place.path} has the same values as in V1, in other bytes`, place)];
}

function parseFields(content: Buffer | undefined): Fields | undefined {
  try {
    const value = parseExactJson(content?.toString() ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** The finding about a field: one that loses data has the code that it has in our own V2. */
export function fieldFinding({ field, change, weight }: WeighedDifference, place: FindingPlace): Finding {
  const words = {
    lost: `${place.path} has lost the field ${field}`,
    changed: `${place.path} has another value in the field ${field}`,
    added: `${place.path} has a field that V1 lacks: ${field}`,
  };
  const code = weight === 'note' ? 'FIELD_DIFFERS' : change === 'lost' ? 'FIELD_LOST' : 'FIELD_CHANGED';
  return finding(code, words[change], { ...place, field, change });
}
