import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { parseCommit } from '../git/commit.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { checkpointFolders, wantedIds } from '../layout/checkpoint-walk.ts';
import type { ArchiveRef } from '../layout/layout-refs.ts';

/** Which checkpoints are looked for. */
export interface WantedInArchives {
  /** Checkpoints that existed before and are not in `full/current`: they are looked for in all archives. */
  readonly changed: ReadonlySet<CheckpointId>;
  /** Checkpoints that should lie in no archive; only a rotation that was cut off can have put them in the newest ones. */
  readonly unplaced: ReadonlySet<CheckpointId>;
}

/** The archive that each of some checkpoints lies in, for those that lie in one; the newest where there are several. */
export async function locateInArchives(
  repo: Repository,
  archives: readonly ArchiveRef[],
  wanted: WantedInArchives,
): Promise<Map<CheckpointId, ArchiveRef>> {
  const located = new Map<CheckpointId, ArchiveRef>();
  const all = new Set([...wanted.changed, ...wanted.unplaced]);
  const rest = [...archives];
  for (let archive = rest.pop(); archive !== undefined; archive = rest.pop()) {
    await locate(repo, [archive], all, located);
    if (![...wanted.unplaced].some((id) => located.get(id) === archive)) break;
  }
  await locate(repo, rest.reverse(), wanted.changed, located);
  return located;
}

/** Looks into the shards of the wanted checkpoints alone, in all of these archives at once. */
async function locate(
  repo: Repository,
  archives: readonly ArchiveRef[],
  wanted: ReadonlySet<CheckpointId>,
  located: Map<CheckpointId, ArchiveRef>,
): Promise<void> {
  const missing = [...wanted].filter((id) => !located.has(id));
  if (missing.length === 0 || archives.length === 0) return;
  const roots = await readRoots(repo, archives);
  const folders = await checkpointFolders(
    repo,
    archives.map(({ id }) => roots.get(id) ?? []),
    wantedIds(missing),
  );
  archives.forEach((archive, i) => {
    for (const id of folders[i]?.keys() ?? []) if (!located.has(id)) located.set(id, archive);
  });
}

async function readRoots(repo: Repository, archives: readonly ArchiveRef[]): Promise<Map<ObjectId, TreeEntry[]>> {
  const commits = await repo.readObjects(idsOf(archives));
  const readable = archives.flatMap(({ id }, i) => {
    const commit = commits[i];
    return commit?.type === 'commit' ? [{ id, tree: parseCommit(commit.content).tree }] : [];
  });
  const ids = readable.map(({ tree }) => tree);
  const trees = await readTrees(repo, ids);
  return new Map(readable.map(({ id }, i) => [id, trees[i] ?? []]));
}
