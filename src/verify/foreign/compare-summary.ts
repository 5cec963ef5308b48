import { METADATA_FILE } from '../../checkpoint/files.ts';
import { numberOfEntry, renumberEntry, type SessionEntry } from '../../checkpoint/summary-sessions.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { V2_MAIN_REF } from '../../layout/ref-names.ts';
import { folderIn } from '../../migrate/foreign/checkpoint-sides.ts';
import { type Finding, finding } from '../finding.ts';
import { compareFields, type WeighedDifference } from './compare-fields.ts';
import { compareObjects, fieldFinding } from './compare-metadata.ts';
import { type PairedCheckpoint, placeIn } from './paired-checkpoint.ts';

/** Compares two summaries: field by field, and the sessions that they list by the sessions' numbers. */
export function compareSummary(checkpoint: PairedCheckpoint, v1: ObjectId, v2: ObjectId): Promise<Finding[]> {
  const place = placeIn(checkpoint, METADATA_FILE, { ref: V2_MAIN_REF });
  const compare = (ours: SessionEntry, theirs: SessionEntry) => {
    const { sessions: listed, ...fields } = ours;
    const { sessions: theirListed, ...theirFields } = theirs;
    return [
      ...compareFields(fields, theirFields).map((difference) => fieldFinding(difference, place)),
      ...compareListed(checkpoint, entriesOf(listed), entriesOf(theirListed)),
    ];
  };
  const isRenumbered = [...checkpoint.numbers].some(([from, to]) => from !== to);
  return compareObjects(checkpoint.trees, v1, v2, place, compare, isRenumbered);
}

function entriesOf(sessions: unknown): SessionEntry[] {
  const entries: unknown[] = Array.isArray(sessions) ? sessions : [];
  return entries.map((entry) => (typeof entry === 'object' && entry !== null ? (entry as SessionEntry) : {}));
}

function compareListed(
  checkpoint: PairedCheckpoint,
  ours: readonly SessionEntry[],
  theirs: readonly SessionEntry[],
): Finding[] {
  const place = placeIn(checkpoint, METADATA_FILE, { ref: V2_MAIN_REF });
  const left = new Set(theirs);
  return ours.flatMap((entry, i) => {
    const session = numberOfEntry(entry);
    const number = session === undefined ? undefined : checkpoint.numbers.get(session);
    const other = number === undefined ? undefined : [...left].find((one) => numberOfEntry(one) === number);
    if (other === undefined) return explainUnlisted(checkpoint, entry, i, session);
    left.delete(other);
    const expected = renumberEntry(entry, checkpoint.numbers);
    return compareEntry(expected, other).map(({ field, change, weight }) =>
      fieldFinding({ field: `sessions[${i}].${field}`, change, weight }, place),
    );
  });
}

/** A session that V1's summary lists and V2's does not. Where it is missing itself, that has been said. */
function explainUnlisted(
  checkpoint: PairedCheckpoint,
  entry: SessionEntry,
  index: number,
  session: string | undefined,
): Finding[] {
  const place = placeIn(checkpoint, METADATA_FILE, { ref: V2_MAIN_REF, ...(session === undefined ? {} : { session }) });
  const field = `sessions[${index}]`;
  if (Object.entries(entry).some(([key, value]) => !isPath(key, value))) {
    return [fieldFinding({ field, change: 'lost', weight: 'error' }, place)];
  }
  const number = session === undefined ? undefined : checkpoint.numbers.get(session);
  if (session === undefined || number === undefined) return [];
  if (folderIn(checkpoint.v2Main ?? new Map(), number) === undefined) return [];
  const message = `session ${session} of ${checkpoint.id} is on main, but ${place.path} does not list it`;
  return [finding('SESSION_UNLISTED', message, { ...place, field, change: 'lost' })];
}

/** The members of two entries; what is not a path has the rules of any other field. */
function compareEntry(ours: SessionEntry, theirs: SessionEntry): WeighedDifference[] {
  return compareFields(ours, theirs).map((difference) => {
    const { field } = difference;
    return isPath(field, ours[field]) && isPath(field, theirs[field]) ? { ...difference, weight: 'note' } : difference;
  });
}

const PATHS = new Set(['metadata', 'transcript', 'content_hash', 'prompt', 'context', 'compact_transcript']);

/** True for a member that names a file; the file is looked for itself. */
function isPath(key: string, value: unknown): boolean {
  return PATHS.has(key) || value === undefined || (typeof value === 'string' && value.startsWith('/'));
}
