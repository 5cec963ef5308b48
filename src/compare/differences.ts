import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import { checkpointPath } from '../checkpoint/roles.ts';
import { holdsFile } from '../git/holds-file.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import { isRegularFileMode, isTreeMode, type TreeEntry } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { folderIn } from './checkpoint-sides.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import { isCompactToSpare, isEntiresSession } from './entires-session.ts';
import { addedFile, compareNamed, placeIn, WHOLE } from './entry-differences.ts';
import { compareMetadata } from './json-differences.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';
import { compareSummary } from './summary-differences.ts';
import { compareTranscripts } from './transcript-differences.ts';

/**
 * The differences between a checkpoint as it should be and as it is, by content: sessions are paired, transcripts compared whole,
 * whatever their files are called, and metadata by its fields. For what another program wrote; `exactDifferences` compares
 * what follows byte for byte.
 */
export async function differences(repo: Repository, checkpoint: PairedCheckpoint): Promise<Difference[]> {
  const found = [
    ...(await compareMain(checkpoint)),
    ...(await compareTranscripts(repo, checkpoint)),
    ...compareNumbers(checkpoint),
  ];
  const real: Difference[] = [];
  for (const one of found) if (!(await isOfNothing(checkpoint.trees, one))) real.push(one);
  return real;
}

/** True where one side alone has a folder, and no file is in it. */
async function isOfNothing(trees: ObjectOverlay, difference: Difference): Promise<boolean> {
  if (difference.kind !== 'file' || (difference.change !== 'lost' && difference.change !== 'added')) return false;
  const entry = difference.expected ?? difference.actual;
  return entry !== undefined && isTreeMode(entry.mode) && !(await holdsFile(entry.id, (id) => trees.tree(id)));
}

const MAIN = { ref: MAIN_REF };

/** What `main` has of a checkpoint: its sessions, its summary, and what else lies beside them. */
async function compareMain(checkpoint: PairedCheckpoint): Promise<Difference[]> {
  const { trees, expected, actual } = checkpoint;
  if (expected.main.size === 0) return [];
  if (actual.main === undefined) {
    return [{ ...placeIn(checkpoint, 'main', '', MAIN), kind: 'checkpoint', change: 'lost' }];
  }
  const found: Difference[] = [];
  for (const entry of expected.main.values()) {
    if (isSessionEntry(entry)) for (const one of await compareSession(checkpoint, entry)) found.push(one);
  }
  for (const entry of [...expected.main.values()].filter((one) => !isSessionEntry(one))) {
    const there = actual.main.get(entry.name);
    if (there?.id === entry.id && there.mode === entry.mode) continue;
    if (entry.name === METADATA_FILE && there?.id !== entry.id && there && isRegularFileMode(there.mode)) {
      const place = { ...placeIn(checkpoint, 'main', METADATA_FILE, MAIN), expected: entry, actual: there };
      for (const one of await compareSummary(checkpoint, entry.id, there.id, place)) found.push(one);
      continue;
    }
    for (const difference of await compareNamed(trees, entry, there)) {
      for (const one of await fileDifferences(trees, difference, placeIn(checkpoint, 'main', difference.path, MAIN)))
        found.push(one);
    }
  }
  const added = [...actual.main.values()].filter((one) => !isSessionEntry(one) && !expected.main.has(one.name));
  return [...found, ...added.map((one) => addedFile(placeIn(checkpoint, 'main', one.name, MAIN), one))];
}

async function compareSession(checkpoint: PairedCheckpoint, expected: TreeEntry): Promise<readonly Difference[]> {
  const { trees, actual, numbers } = checkpoint;
  const session = expected.name;
  const number = numbers.get(session) ?? session;
  const where = { ...MAIN, session };
  const folder = numbers.has(session) ? folderIn(actual.main ?? new Map(), number) : undefined;
  if (folder === undefined) {
    return [{ ...placeIn(checkpoint, 'main', number, where), kind: 'session', change: 'lost' }];
  }
  const found: Difference[] = [];
  for (const difference of await compareTrees(trees, expected.id, folder, WHOLE)) {
    const place = placeIn(checkpoint, 'main', `${number}/${difference.path}`, where);
    for (const one of await fileDifferences(trees, difference, place)) found.push(one);
  }
  return withHabits(checkpoint, session, number, found);
}

/** What the habits of Entire's V2 client explain loses nothing in a session that it wrote. */
async function withHabits(
  checkpoint: PairedCheckpoint,
  session: string,
  number: string,
  found: readonly Difference[],
): Promise<readonly Difference[]> {
  const isHabit = (one: Difference) => one.kind === 'field' && one.isHabit === true;
  const hasHabits = found.some(isHabit) && (await isEntiresSession(checkpoint, session, number));
  const hasSpare = found.some(isLostCompact) && (await isCompactToSpare(checkpoint, session, number));
  return found.map((one): Difference => {
    if (hasHabits && one.kind === 'field' && isHabit(one)) return { ...one, weight: 'note' };
    return hasSpare && one.kind === 'file' && isLostCompact(one) ? { ...one, change: 'form', form: 'made' } : one;
  });
}

function isLostCompact({ kind, path, ...one }: Difference): boolean {
  if (kind !== 'file' || !('change' in one) || one.change !== 'lost') return false;
  const { role } = checkpointPath(path.split('/').slice(2).join('/'));
  return role === 'compact' || role === 'compact-hash';
}

async function fileDifferences(
  trees: ObjectOverlay,
  { expected, actual }: TreeDifference,
  place: DifferencePlace,
): Promise<Difference[]> {
  if (expected === undefined) return [addedFile(place, actual)];
  const file = { ...place, kind: 'file', expected, actual } as const;
  if (actual === undefined) return [{ ...file, change: 'lost' }];
  const areFiles = isRegularFileMode(expected.mode) && isRegularFileMode(actual.mode);
  if (!areFiles) return [{ ...file, change: 'changed' }];
  if (expected.id === actual.id) return [{ ...file, change: 'form', form: 'mode' }];
  const { role } = checkpointPath(place.path.split('/').slice(2).join('/'));
  if (role === 'metadata') return compareMetadata(trees, expected.id, actual.id, { ...place, expected, actual });
  // Made out of the transcript, by each program in its own way.
  return role === 'compact' ? [{ ...file, change: 'form', form: 'compact' }] : [{ ...file, change: 'changed' }];
}

/** Sessions that have another number there, and those that should not be there. */
function compareNumbers(checkpoint: PairedCheckpoint): Difference[] {
  const { id, numbers, added, actual } = checkpoint;
  const placeOf = (number: string): DifferencePlace => {
    const held = actual.full.find(({ entries }) => entries.has(number));
    const ref = actual.main?.has(number) ? MAIN_REF : held?.ref;
    const path = `${shardPath(id)}/${number}`;
    return { part: 'main', ref, checkpoint: id, path };
  };
  const renumbered = [...numbers].filter(([from, to]) => from !== to);
  return [
    ...renumbered.map(([from, to]): Difference => {
      return { ...placeOf(to), session: from, actualSession: to, kind: 'session', change: 'renumbered' };
    }),
    ...added.map((number): Difference => ({ ...placeOf(number), session: number, kind: 'session', change: 'added' })),
  ];
}
