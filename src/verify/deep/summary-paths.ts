import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { editableSummary } from '../../checkpoint/summary-sessions.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { type Finding, finding } from '../finding.ts';
import { fileRoleOf, type PlacedObject } from './layout-files.ts';

/** Larger summaries are not read: their sessions are few, the rest is a list of files. */
const LARGEST_SUMMARY = 16 * 1024 * 1024;

/** A path in a summary's list of sessions. */
interface NamedPath {
  readonly field: string;
  readonly path: string;
}

/** The files and folders of both layouts. */
export interface LayoutPaths {
  readonly v1: readonly PlacedObject[];
  readonly v2: readonly PlacedObject[];
  readonly infos: ReadonlyMap<ObjectId, ObjectInfo>;
  /** Whether `v2` is git-refs, whose summaries name paths in their own trees. */
  readonly inRefs: boolean;
}

/**
 * Paths in the summaries on `main` that name nothing in V2. What V1 names too is not said here: either it is V1's oddity, or a
 * file that V2 lacks, which has a finding of its own.
 */
export async function danglingPaths(repo: Repository, { v1, v2, infos, inRefs }: LayoutPaths): Promise<Finding[]> {
  const isRead = ({ id }: PlacedObject) => (infos.get(id)?.size ?? Number.POSITIVE_INFINITY) <= LARGEST_SUMMARY;
  const summaries = v2.filter((file) => isSummary(file) && (inRefs || isOnMain(file)) && isRead(file));
  const known = new Set(v2.map(({ path }) => `/${path}`));
  // As V1 names it: with the folder of the checkpoint.
  const wholePath = ({ checkpoint }: PlacedObject, path: string) =>
    inRefs ? `/${shardPath(checkpoint as CheckpointId)}${path}` : path;
  const dangling = new Map<PlacedObject, readonly NamedPath[]>();
  await visitSummaries(repo, summaries, (file, paths) => {
    const wrong = paths.filter(({ path }) => !known.has(wholePath(file, path)));
    if (wrong.length > 0) dangling.set(file, wrong);
  });
  if (dangling.size === 0) return [];
  const inV1 = new Set(v1.map(({ path }) => `/${path}`));
  const checkpoints = new Set([...dangling.keys()].map(({ checkpoint }) => checkpoint));
  const originals = v1.filter((file) => checkpoints.has(file.checkpoint) && isSummary(file) && isRead(file));
  await visitSummaries(repo, originals, (_, paths) => {
    for (const { path } of paths) inV1.add(path);
  });
  return [...dangling].flatMap(([summary, paths]) => {
    const { ref, path: file, checkpoint } = summary;
    return paths
      .filter(({ path }) => !inV1.has(wholePath(summary, path)))
      .map(({ path, field }) => {
        const where = { ref, path: file, field, ...(checkpoint === undefined ? {} : { checkpoint }) };
        return finding('SUMMARY_PATH_DANGLING', `${field} of ${file} names ${path}, which is not there`, where);
      });
  });
}

function isSummary(file: PlacedObject): boolean {
  return fileRoleOf(file) === 'summary';
}

/** A generation may have one too, where a writer went wrong: no reader looks there. */
function isOnMain({ ref, checkpoint, below = '' }: PlacedObject): boolean {
  return layoutOf('v2').place(checkpoint as CheckpointId, below).ref === ref;
}

/** Hands over the paths that each summary names; one that is not a summary names none. */
async function visitSummaries(
  repo: Repository,
  summaries: readonly PlacedObject[],
  visit: (file: PlacedObject, paths: NamedPath[]) => void,
): Promise<void> {
  const ids = idsOf(summaries);
  await repo.visitObjects(ids, (object, i) => {
    const file = summaries[i];
    const sessions = editableSummary(object?.content)?.sessions ?? [];
    const paths = sessions.flatMap((session, number) =>
      Object.entries(session).flatMap(([key, path]): NamedPath[] =>
        typeof path === 'string' && path.startsWith('/') ? [{ field: `sessions[${number}].${key}`, path }] : [],
      ),
    );
    if (file !== undefined) visit(file, paths);
  });
}
