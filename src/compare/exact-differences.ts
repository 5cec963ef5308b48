import { type CheckpointId, checkpointOfShardPath, shardPath } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../checkpoint/files.ts';
import { checkpointPath } from '../checkpoint/roles.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isFullPath } from '../layout/folder-kinds.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import { compareJson, shownValues } from './value-differences.ts';

/** Where a path of a ref's tree lies. */
interface PathPlace {
  readonly checkpoint?: CheckpointId | undefined;
  readonly session?: string | undefined;
  /** Below the checkpoint's folder; below the root where it lies in no checkpoint. */
  readonly below: string;
  /** The path is that of a checkpoint's folder, or of a session's. */
  readonly isFolder: boolean;
}

/** Reads a path by the layout's rules: `a3/b2c4d5e6f7/0/prompt.txt` is a file of session 0 of checkpoint a3b2c4d5e6f7. */
function placeOf(path: string): PathPlace {
  const [shard = '', rest = '', ...more] = path.split('/');
  const checkpoint = checkpointOfShardPath(shard, rest);
  const [session = ''] = more;
  if (checkpoint === undefined) return { below: path, isFolder: false };
  if (!isSessionFolderName(session)) return { checkpoint, below: more.join('/'), isFolder: more.length === 0 };
  return { checkpoint, session, below: more.join('/'), isFolder: more.length === 1 };
}

/**
 * The differences between the tree that `main` should have and the one that it has, path by path: by object ids, and where these
 * differ, by checkpoint, session, file and field. `isKnown` is false for a checkpoint that should not be there at all.
 */
export async function exactDifferencesOnMain(
  objects: ObjectOverlay,
  expected: ObjectId | null,
  actual: ObjectId | null,
  isKnown: (id: CheckpointId) => boolean,
): Promise<Difference[]> {
  const differences = await compareTrees(objects, expected, actual, {
    // A missing checkpoint or session is one difference, not one for each of its files. Shards are looked into, and so is a
    // checkpoint that has something on main though nothing of it should be there.
    descend: ({ path, expected: wanted }) => {
      const { checkpoint, session, isFolder } = placeOf(path);
      if (checkpoint === undefined || !isFolder) return true;
      return wanted === undefined && session === undefined && isKnown(checkpoint);
    },
  });
  const found: Difference[] = [];
  for (const difference of differences) for (const one of await onMain(objects, difference)) found.push(one);
  return found;
}

async function onMain(objects: ObjectOverlay, difference: TreeDifference): Promise<Difference[]> {
  const { path, expected, actual } = difference;
  const { checkpoint, session, isFolder } = placeOf(path);
  const place = placed(difference, 'main', MAIN_REF);
  if (expected === undefined || actual === undefined) {
    const isCheckpoint = isFolder && session === undefined;
    if (isCheckpoint && checkpoint !== undefined) {
      return [{ ...place, kind: 'checkpoint', change: expected === undefined ? 'added' : 'lost' }];
    }
    if (isFolder && expected !== undefined) return [{ ...place, kind: 'session', change: 'lost' }];
  }
  return inFile(objects, difference, place);
}

/** What differs in a file: its fields where both sides have them, else the file. */
async function inFile(
  objects: ObjectOverlay,
  difference: TreeDifference,
  place: DifferencePlace,
): Promise<Difference[]> {
  const { path, expected, actual } = difference;
  const { checkpoint, below } = placeOf(path);
  const file = fileDifference(difference, place);
  if (file.change !== 'changed' || expected === undefined || actual === undefined) return [file];
  const role = checkpoint === undefined ? undefined : checkpointPath(below).role;
  // Of all files, only a summary is another blob in V2; where V1's is absent, it is expected as it is.
  if (role === 'summary' && (await objects.isAbsent(expected.id))) return [{ ...file, change: 'absent' }];
  const [left, right] = [await objects.blob(expected.id), await objects.blob(actual.id)];
  const isJson = path.endsWith('.json') && left !== undefined && right !== undefined;
  const fields = isJson ? compareJson(left, right) : undefined;
  return (
    fields?.map(({ field, kind, expected: before, actual: after }) => {
      return { ...place, kind: 'field', field, change: kind, weight: 'error', ...shownValues(before, after) };
    }) ?? [file]
  );
}

/** What is missing of a session is one difference; what is too many is looked into, to see what it is. */
function bySession(objects: ObjectOverlay, checkpoint: CheckpointId, expected: ObjectId | null, actual: ObjectId) {
  return compareTrees(objects, expected, actual, {
    prefix: `${shardPath(checkpoint)}/`,
    descend: ({ path, actual: there }) => there !== undefined || !placeOf(path).isFolder,
  });
}

/** The differences between what one checkpoint should have in a generation and what it has there, path by path. */
export async function exactDifferencesOnFull(
  objects: ObjectOverlay,
  checkpoint: CheckpointId,
  expected: ObjectId | null,
  actual: ObjectId,
  ref: RefName,
): Promise<Difference[]> {
  const differences = await bySession(objects, checkpoint, expected, actual);
  return differences.map((difference) => fileDifference(difference, placed(difference, 'full', ref)));
}

/**
 * The differences between the tree that a checkpoint should have and the one that it has, path by path, in a layout that keeps it
 * whole on a ref of its own. Paths are those of V1.
 */
export async function exactDifferencesWhole(
  objects: ObjectOverlay,
  checkpoint: CheckpointId,
  expected: ObjectId,
  actual: ObjectId,
  ref: RefName,
): Promise<Difference[]> {
  const differences = await bySession(objects, checkpoint, expected, actual);
  const found: Difference[] = [];
  for (const one of differences) {
    const { checkpoint: owner, below, session, isFolder } = placeOf(one.path);
    const place = placed(one, owner !== undefined && isFullPath(below) ? 'full' : 'main', ref);
    const isLostSession = isFolder && session !== undefined && one.actual === undefined;
    if (isLostSession) found.push({ ...place, kind: 'session', change: 'lost' });
    else for (const each of await inFile(objects, one, place)) found.push(each);
  }
  return found;
}

/** The differences between two trees of what lies in no checkpoint of `main`. */
export async function differencesOutside(
  objects: ObjectOverlay,
  expected: ObjectId,
  actual: ObjectId,
): Promise<Difference[]> {
  const differences = await compareTrees(objects, expected, actual);
  return differences.map((difference) => fileDifference(difference, placed(difference, 'main', MAIN_REF)));
}

function placed({ path }: TreeDifference, part: DifferencePlace['part'], ref: RefName): DifferencePlace {
  const { checkpoint, session } = placeOf(path);
  return { part, ref, path, checkpoint, session };
}

function fileDifference({ path, expected, actual, isMalformed }: TreeDifference, place: DifferencePlace) {
  const file = { ...place, kind: 'file', expected, actual } as const;
  const { checkpoint, below } = placeOf(path);
  const belongsToFull = checkpoint !== undefined && isFullPath(below);
  if (isMalformed) return { ...file, change: 'malformed' } as const;
  if (actual === undefined) return { ...file, change: 'lost' } as const;
  if (expected === undefined) {
    return { ...file, change: belongsToFull === (place.part === 'full') ? 'added' : 'misplaced' } as const;
  }
  if (expected.id !== actual.id) return { ...file, change: 'changed' } as const;
  return { ...file, change: 'form', form: 'mode' } as const;
}
