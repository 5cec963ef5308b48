import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { TRANSCRIPT_NAMES } from '../checkpoint/transcript.ts';
import { AT_ONCE } from '../git/batches.ts';
import { tryCommit } from '../git/commit.ts';
import { treesOfCommits } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { idsOf, rawIdLength } from '../git/object-id.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, parseTree } from '../git/tree.ts';
import { BRANCH_REF, CHECKPOINTS_PREFIX, checkpointOfRef, REMOTE_BRANCH_REF } from '../layout/ref-names.ts';

/** A hash is not a transcript, and can be made again from one. */
const HASH_FILES = new Set(TRANSCRIPT_NAMES.map(({ contentHash }) => contentHash));

/** The folders of an archive's checkpoints. */
export type ArchiveFolders = ReadonlyMap<CheckpointId, ObjectId>;

/** Where else transcripts are kept: at the tips of V1 and of git-refs, and in the V2 refs that stay. */
export interface Holders {
  /** Trees of tips: what only a history has is not kept. */
  readonly tips: readonly ObjectId[];
  /** Commits, with their histories: in `replace` mode that of `full/current` is where transcripts are. */
  readonly generations: readonly ObjectId[];
}

/** The trees of the V1 branch, of origin's copy of it, and of git-refs, as far as there are any. A ref of git-refs that can't be read holds nothing. */
export async function tipTrees(repo: Repository): Promise<ObjectId[]> {
  const v1 = (await repo.listRefs(BRANCH_REF, REMOTE_BRANCH_REF)).filter(
    ({ name }) => name === BRANCH_REF || name === REMOTE_BRANCH_REF,
  );
  const gitRefs = (await repo.listRefs(CHECKPOINTS_PREFIX)).filter(({ name }) => checkpointOfRef(name) !== undefined);
  const commits = await readUsable(idsOf(gitRefs), (ids) => repo.readObjects(ids));
  const trees = await treesOfCommits(repo, idsOf(v1));
  for (const object of commits) {
    const commit = tryCommit(object);
    if (commit !== undefined) trees.push(commit.tree);
  }
  return trees;
}

/**
 * For each archive the checkpoints of which it has a transcript, or a file of a task, that exists nowhere else, in the order
 * of their IDs. Told by object ids. One that is absent from the store (a partial clone) is as good in one ref as in another,
 * since only its id is here: it is elsewhere where another ref names it too.
 */
export async function findOnlyCopies(
  repo: Repository,
  archives: readonly ArchiveFolders[],
  holders: Holders,
): Promise<CheckpointId[][]> {
  const lacking: Array<Map<ObjectId, Set<CheckpointId>>> = [];
  for (const folders of archives) lacking.push(await transcriptsIn(repo, folders));
  await repo.visitReachable([...holders.tips, ...holders.generations], (id) => {
    for (const transcripts of lacking) transcripts.delete(id);
  });
  return lacking.map((transcripts) => [...new Set([...transcripts.values()].flatMap((ids) => [...ids]))].sort());
}

/** The objects of an archive that must not be lost, with the checkpoints that they belong to. A tree that is absent is one. */
async function transcriptsIn(repo: Repository, folders: ArchiveFolders): Promise<Map<ObjectId, Set<CheckpointId>>> {
  const found = new Map<ObjectId, Set<CheckpointId>>();
  const take = (id: ObjectId, checkpoint: CheckpointId) => found.set(id, (found.get(id) ?? new Set()).add(checkpoint));
  const trees = [...folders].map(([checkpoint, id]) => ({ checkpoint, id }));
  for (let batch = trees.splice(-AT_ONCE); batch.length > 0; batch = trees.splice(-AT_ONCE)) {
    const objects = await repo.readObjects(idsOf(batch));
    for (const [i, { checkpoint, id }] of batch.entries()) {
      const tree = objects[i];
      if (tree?.type !== 'tree') {
        take(id, checkpoint);
        continue;
      }
      for (const entry of parseTree(tree.content, rawIdLength(repo.objectFormat))) {
        if (isTreeMode(entry.mode)) trees.push({ checkpoint, id: entry.id });
        else if (!HASH_FILES.has(entry.name)) take(entry.id, checkpoint);
      }
    }
  }
  return found;
}
