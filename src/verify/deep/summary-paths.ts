import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { editableSummary } from '../../checkpoint/summary-sessions.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { visitDocuments } from '../../git/read-usable.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { type Finding, finding } from '../finding.ts';
import { foundList } from '../finding-list.ts';
import { type BothContents, type LayoutContents, placesOf } from './layout-contents.ts';
import { fileRoleOf, type PlacedObject } from './layout-files.ts';

/** Larger summaries are not read: their sessions are few, the rest is a list of files. */
const LARGEST_SUMMARY = 16 * 1024 * 1024;

/** A path in a summary's list of sessions. */
interface NamedPath {
  readonly field: string;
  readonly path: string;
}

/** A path that a summary names. */
interface DanglingPath extends NamedPath {
  readonly summary: PlacedObject;
  /** From the root of V1's tree. */
  readonly whole: string;
}

/** What both layouts hold. */
export interface LayoutPaths extends BothContents {
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
  const summaries = v2.files.filter((file) => isSummary(file) && (inRefs || isOnMain(file)) && isRead(file));
  // As V1 names it: with the folder of the checkpoint.
  const wholePath = ({ checkpoint }: PlacedObject, path: string) =>
    inRefs ? `/${shardPath(checkpoint as CheckpointId)}${path}` : path;
  const known = new Set(v2.files.map(({ path }) => `/${path}`));
  const unknown: DanglingPath[] = [];
  await visitSummaries(repo, summaries, (summary, paths) => {
    for (const one of paths) {
      const whole = wholePath(summary, one.path);
      if (!known.has(whole)) unknown.push({ ...one, summary, whole });
    }
  });
  // A folder, or a file that has no part in a session, may be named as well.
  const dangling = await withoutPathsOf(repo, v2, unknown);
  if (dangling.length === 0) return [];
  const checkpoints = new Set(dangling.map(({ summary }) => summary.checkpoint));
  const originals = v1.files.filter((file) => checkpoints.has(file.checkpoint) && isSummary(file) && isRead(file));
  const namedOnBranch = new Set<string>();
  await visitSummaries(repo, originals, (_, paths) => {
    for (const { path } of paths) namedOnBranch.add(path);
  });
  // A path that does not begin with its own checkpoint's folder in V1 is as it is in git-refs.
  const unlikeBranch = dangling.filter(({ whole, path }) => !namedOnBranch.has(whole) && !namedOnBranch.has(path));
  const findings = foundList();
  for (const { summary, path, field } of await withoutPathsOf(repo, v1, unlikeBranch)) {
    const { ref, path: file, checkpoint } = summary;
    const where = { ref, path: file, field, ...(checkpoint === undefined ? {} : { checkpoint }) };
    findings.push(finding('SUMMARY_PATH_DANGLING', `${field} of ${file} names ${path}, which is not there`, where));
  }
  return findings.all();
}

/** Those of these paths that name neither a file nor a folder of a layout. */
async function withoutPathsOf(
  repo: Repository,
  contents: LayoutContents,
  paths: readonly DanglingPath[],
): Promise<readonly DanglingPath[]> {
  if (paths.length === 0) return paths;
  const named = new Set(paths.map(({ whole }) => whole));
  const places = await placesOf(repo, contents, ({ path }) => named.has(`/${path}`));
  for (const { path } of places) named.delete(`/${path}`);
  return paths.filter(({ whole }) => named.has(whole));
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
  await visitDocuments(repo, ids, (document, i) => {
    const file = summaries[i];
    const sessions = document instanceof Buffer ? (editableSummary(document)?.sessions ?? []) : [];
    const paths = sessions.flatMap((session, number) =>
      Object.entries(session).flatMap(([key, path]): NamedPath[] =>
        typeof path === 'string' && path.startsWith('/') ? [{ field: `sessions[${number}].${key}`, path }] : [],
      ),
    );
    if (file !== undefined) visit(file, paths);
  });
}
