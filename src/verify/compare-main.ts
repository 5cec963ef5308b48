import { type CheckpointId, checkpointOfShardPath } from '../checkpoint/checkpoint-id.ts';
import { isFullSessionFile, isSessionFolderName, METADATA_FILE, TASKS_FOLDER } from '../checkpoint/files.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
import { compareJson } from './compare-json.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';

/** Where a path lies in the layout. */
interface LayoutPlace {
  readonly checkpoint?: CheckpointId;
  readonly session?: string;
  /** The path below the session's folder, or below the checkpoint's. */
  readonly rest: readonly string[];
}

/**
 * Compares the tree that `main` should have with the one that it has: by object ids, and where these differ, by checkpoint,
 * session, file and field. `prefix` is the path of the two trees where they are not the root; `isKnown` is false for a
 * checkpoint that V1 does not have.
 */
export async function compareMain(
  objects: ObjectOverlay,
  expected: ObjectId | null,
  actual: ObjectId | null,
  { prefix = '', isKnown }: { prefix?: string; isKnown: (id: CheckpointId) => boolean },
): Promise<Finding[]> {
  const differences = await compareTrees(objects, expected, actual, {
    prefix,
    // A missing checkpoint or session is one finding, not one for each of its files. Shards are looked into, and so is a
    // checkpoint that has something on main though V1 gives it nothing there.
    descend: ({ path, expected: wanted }) => {
      const { checkpoint, session, rest } = placeOf(path);
      if (checkpoint === undefined || rest.length > 0) return true;
      return wanted === undefined && session === undefined && isKnown(checkpoint);
    },
  });
  const findings: Finding[] = [];
  for (const difference of differences) findings.push(...(await explain(objects, difference)));
  return findings;
}

async function explain(objects: ObjectOverlay, difference: TreeDifference): Promise<Finding[]> {
  const { path, expected, actual } = difference;
  const place = placeOf(path);
  const where = onMain(path);
  if (difference.isMalformed) return [malformedFolder(path, where)];
  if (expected === undefined) return [explainExtra(place, where, path)];
  if (actual === undefined) return [explainMissing(place, where, path)];
  if (expected.id === actual.id) {
    return [finding('MODE_CHANGED', `${path} has the mode ${actual.mode}, in V1 ${expected.mode}`, where)];
  }
  if (isSummary(place) && (await objects.isAbsent(expected.id))) {
    return [summaryAbsent(path)];
  }
  const fields = path.endsWith('.json') ? await compareBlobs(objects, expected.id, actual.id) : undefined;
  if (fields === undefined) return [finding('FILE_CHANGED', `${path} has other content than V1 gives it`, where)];
  return fields.map(({ field, kind }) => {
    const at = { ...where, field, change: kind };
    if (kind === 'lost') return finding('FIELD_LOST', `${path} has lost the field ${field}`, at);
    if (kind === 'added') return finding('FIELD_ADDED', `${path} has a field that V1 lacks: ${field}`, at);
    return finding('FIELD_CHANGED', `${path} has another value in the field ${field}`, at);
  });
}

/**
 * Findings for summaries of V1 that are absent from a partial clone: these are projected as they are, which may be right or wrong.
 * `absent` gives the path of each; those that `findings` has told already are left out.
 */
export async function unprojectedSummaries(
  repo: Repository,
  absent: ReadonlyMap<ObjectId, string>,
  findings: readonly Finding[],
): Promise<Finding[]> {
  if (absent.size === 0) return [];
  const told = new Set(findings.filter(({ code }) => code === 'METADATA_ABSENT').map(({ path }) => path));
  const promised = await repo.promisedObjects([...absent.keys()]);
  const paths = [...absent].flatMap(([id, path]) => (promised.has(id) && !told.has(path) ? [path] : []));
  return paths.map(summaryAbsent);
}

function summaryAbsent(path: string): Finding {
  return finding('METADATA_ABSENT', `${path} of V1 is absent here, and can't be projected`, onMain(path));
}

/** The place of a path of `main`, with the checkpoint and the session that it lies in. */
function onMain(path: string): FindingPlace {
  const { checkpoint, session } = placeOf(path);
  return {
    ref: V2_MAIN_REF,
    path,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(session === undefined ? {} : { session }),
  };
}

/** A folder whose files are all as they should be, but which is another tree. The root has no path. */
export function malformedFolder(path: string, { path: _, ...where }: FindingPlace): Finding {
  const folder = path === '' ? 'the root folder' : path;
  const message = `${folder} has the files that it should have, but is not stored as git stores a folder`;
  return finding('FOLDER_MALFORMED', message, path === '' ? where : { ...where, path });
}

/** Of all files, only a summary is another blob in V2; where V1's is absent, it is expected as it is. */
function isSummary({ checkpoint, session, rest }: LayoutPlace): boolean {
  return checkpoint !== undefined && session === undefined && rest.length === 1 && rest[0] === METADATA_FILE;
}

async function compareBlobs(objects: ObjectOverlay, expected: ObjectId, actual: ObjectId) {
  const [left, right] = [await objects.blob(expected), await objects.blob(actual)];
  return left === undefined || right === undefined ? undefined : compareJson(left, right);
}

function explainMissing(place: LayoutPlace, where: FindingPlace, path: string): Finding {
  if (place.checkpoint !== undefined && place.rest.length === 0) {
    return place.session === undefined
      ? finding('CHECKPOINT_MISSING', `the checkpoint ${place.checkpoint} is not on main`, where)
      : finding('SESSION_MISSING', `session ${place.session} of ${place.checkpoint} is not on main`, where);
  }
  return finding('FILE_MISSING', `${path} is not on main`, where);
}

function explainExtra(place: LayoutPlace, where: FindingPlace, path: string): Finding {
  if (place.checkpoint !== undefined && place.session === undefined && place.rest.length === 0) {
    return finding('CHECKPOINT_ONLY_IN_V2', `the checkpoint ${place.checkpoint} is not at V1's tip`, where);
  }
  if (belongsToFull(place)) {
    return finding('FILE_MISPLACED', `${path} belongs in a generation, but is on main`, where);
  }
  return finding('FILE_EXTRA', `${path} is on main, but not in V1`, where);
}

/** True for the path of a file that the layout keeps in a generation, whether V1 has that file or not. */
export function belongsToFull({ checkpoint, session, rest }: LayoutPlace): boolean {
  const [first = ''] = rest;
  if (session !== undefined && rest.length === 1) return isFullSessionFile(first);
  return checkpoint !== undefined && rest.slice(0, -1).includes(TASKS_FOLDER);
}

/** Reads a path by the layout's rules: `a3/b2c4d5e6f7/0/prompt.txt` is a file of session 0 of checkpoint a3b2c4d5e6f7. */
export function placeOf(path: string): LayoutPlace {
  const [shard = '', rest = '', session = '', ...more] = path.split('/');
  const checkpoint = checkpointOfShardPath(shard, rest);
  if (checkpoint === undefined) return { rest: path.split('/') };
  if (session !== '' && isSessionFolderName(session)) return { checkpoint, session, rest: more };
  return { checkpoint, rest: session === '' ? [] : [session, ...more] };
}
