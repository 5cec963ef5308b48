import { appendTo } from '../checkpoint/append-to.ts';
import { numberOfEntry, renumberEntry, type SessionEntry } from '../checkpoint/summary-sessions.ts';
import type { ObjectId } from '../git/object-id.ts';
import { folderIn } from './checkpoint-sides.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import { compareFields, type WeighedField } from './field-differences.ts';
import { compareObjects, fieldDifference } from './json-differences.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';

/** Compares two summaries: field by field, and the sessions that they list by the sessions' numbers. */
export function compareSummary(
  checkpoint: PairedCheckpoint,
  expected: ObjectId,
  actual: ObjectId,
  place: DifferencePlace,
): Promise<Difference[]> {
  const compare = (ours: SessionEntry, theirs: SessionEntry) => {
    const { sessions: listed, ...fields } = ours;
    const { sessions: theirListed, ...theirFields } = theirs;
    return [
      ...compareFields(fields, theirFields).map((found) => fieldDifference(found, place)),
      ...compareListed(checkpoint, entriesIn(listed), entriesIn(theirListed), place),
    ];
  };
  const isRenumbered = [...checkpoint.numbers].some(([from, to]) => from !== to);
  return compareObjects(checkpoint.trees, expected, actual, place, compare, isRenumbered);
}

function entriesIn(sessions: unknown): SessionEntry[] {
  const entries: unknown[] = Array.isArray(sessions) ? sessions : [];
  return entries.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as SessionEntry) : {}));
}

function compareListed(
  checkpoint: PairedCheckpoint,
  ours: readonly SessionEntry[],
  theirs: readonly SessionEntry[],
  place: DifferencePlace,
): Difference[] {
  const left = new Map<string | undefined, SessionEntry[]>();
  for (const entry of [...theirs].reverse()) appendTo(left, numberOfEntry(entry), entry);
  return ours.flatMap((entry, index) => {
    const session = numberOfEntry(entry);
    const number = session === undefined ? undefined : checkpoint.numbers.get(session);
    const other = number === undefined ? undefined : left.get(number)?.pop();
    if (other === undefined) return explainUnlisted(checkpoint, entry, index, place);
    const expected = renumberEntry(entry, checkpoint.numbers);
    return compareEntry(expected, other).map((found) => fieldDifference(found, place, index));
  });
}

/** A session that is not listed as it should be. Where the session itself is missing, that is a difference of its own. */
function explainUnlisted(
  { numbers, actual }: PairedCheckpoint,
  entry: SessionEntry,
  index: number,
  place: DifferencePlace,
): Difference[] {
  const session = numberOfEntry(entry);
  const number = session === undefined ? undefined : numbers.get(session);
  const moved = number === undefined || number === session ? {} : { actualSession: number };
  const at = { ...place, index, ...(session === undefined ? {} : { session, ...moved }) };
  if (Object.entries(entry).some(([key, value]) => !isPath(key, value))) {
    return [{ ...at, kind: 'field', field: `sessions[${index}]`, change: 'lost', weight: 'error' }];
  }
  if (number === undefined || folderIn(actual.main ?? new Map(), number) === undefined) return [];
  return [{ ...at, kind: 'listed session' }];
}

/** The members of two entries; what is not a path has the rules of any other field. */
function compareEntry(ours: SessionEntry, theirs: SessionEntry): WeighedField[] {
  return compareFields(ours, theirs).map((found) => {
    const { field } = found;
    return isPath(field, ours[field]) && isPath(field, theirs[field]) ? { ...found, weight: 'note' } : found;
  });
}

const PATHS = new Set(['metadata', 'transcript', 'content_hash', 'prompt', 'context', 'compact_transcript']);

/** True for a member that names a file; the file is looked for itself. */
function isPath(key: string, value: unknown): boolean {
  return PATHS.has(key) || value === undefined || (typeof value === 'string' && value.startsWith('/'));
}
