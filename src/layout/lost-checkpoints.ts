import { type CheckpointId, checkpointOfShardPath } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../checkpoint/files.ts';
import { batches } from '../git/batches.ts';
import type { ParsedCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository, WalkedCommit } from '../git/repository.ts';
import { isShardEntry } from './checkpoint-walk.ts';
import { ChangedFolders, RootTrees } from './folder-changes.ts';
import type { View } from './layout.ts';
import { type LostFolder, stillLost } from './lost-sessions.ts';

/** A checkpoint, or some sessions of one, that the history of a branch has and its tip does not have; or that a backup alone has. */
export interface LostCheckpoint {
  readonly id: CheckpointId;
  /** The commit that took it away; `undefined` for what a backup has. */
  readonly deletedBy: { readonly id: ObjectId; readonly commit: ParsedCommit } | undefined;
  /** The branch, and its last commit that has it; or the backup's ref. */
  readonly last: Ref;
  /** The checkpoint's folder there. */
  readonly tree: ObjectId;
  /** True where the tip has nothing of the checkpoint; false where it lacks sessions alone. */
  readonly isWhole: boolean;
  /** The names of the folders that the lost sessions have there. */
  readonly sessions: readonly string[];
  /** The layout as the backup has it; `undefined` for what V1's history has. */
  readonly held: View | undefined;
}

/** Something that is gone from a commit: a checkpoint, or a session of it. */
interface Deletion {
  readonly id: CheckpointId;
  /** `undefined`: the whole checkpoint. */
  readonly session: string | undefined;
  readonly commit: ObjectId;
  readonly parent: ObjectId;
  readonly tree: ObjectId;
  /** True where every parent of the commit has it; a merge that takes one side may only repeat what that side did. */
  readonly isCertain: boolean;
}

/** The folders of V1 that can be lost: shards, checkpoints in them, and sessions in those (docs/format.md, "V1"). */
const LEVELS = 3;

/**
 * The checkpoints and sessions that the history of a branch in V1's shape has and its tip lost, in the order of their IDs: each with
 * the last commit that deleted it. What was added again later is not lost; a session that has another folder now is not either. Of the commits
 * that may have dropped something it reads root trees, the shards and folders that changed, and metadata of sessions that seem to be
 * lost; a tree that is absent or damaged is passed over. Throws `ShallowHistoryError` where the history was cut off.
 */
export async function findLost(repo: Repository, branch: Ref): Promise<LostCheckpoint[]> {
  const walked = await repo.walk({ tips: [branch.id] });
  const dropping = await repo.commitsDroppingFolders(walked, LEVELS);
  const last = new Map<string, Deletion>();
  const trees = { roots: new RootTrees(repo), folders: new ChangedFolders(repo) };
  for (const batch of batches(walked.filter(({ id }) => dropping.has(id)))) {
    for (const one of await deletionsOf(batch, trees)) {
      const key = `${one.id}/${one.session ?? ''}`;
      // Children come after their parents: a later one is the one that counts, unless it is less certain.
      if (one.isCertain || last.get(key)?.isCertain !== true) last.set(key, one);
    }
  }
  if (last.size === 0) return [];
  const lost = await stillLost(repo, branch, [...last.values()].map(folderOf));
  return describe(repo, branch, lost);
}

function folderOf({ id, session, commit, parent, tree }: Deletion): LostFolder {
  return { id, session, deletedBy: commit, last: parent, tree };
}

/** One for each checkpoint and commit. */
async function describe(repo: Repository, { name }: Ref, lost: readonly LostFolder[]): Promise<LostCheckpoint[]> {
  const found = grouped(lost, ({ id, deletedBy }) => `${id} ${deletedBy}`);
  const objects = await repo.readObjects(found.map(([{ deletedBy }]) => deletedBy));
  return found
    .map(([{ id, deletedBy, last, tree, session }, ...others], i) => ({
      id,
      deletedBy: { id: deletedBy, commit: parsedCommit(deletedBy, objects[i]) },
      last: { name, id: last },
      tree,
      isWhole: session === undefined,
      sessions: [found[i]?.[0], ...others].flatMap((one) => one?.session ?? one?.sessions ?? []),
      held: undefined,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** What a commit has not of what its parents have. */
async function deletionsOf(
  batch: readonly WalkedCommit[],
  { roots, folders }: { readonly roots: RootTrees; readonly folders: ChangedFolders },
): Promise<Deletion[]> {
  await roots.load(batch.flatMap(({ id, parents }) => [id, ...parents]));
  const pairs = batch.flatMap((commit) => commit.parents.map((parent) => ({ commit, parent })));
  const shards = pairs.flatMap((pair) => {
    return roots.differences(pair.parent, pair.commit.id, isShardEntry).map((change) => ({ ...change, ...pair }));
  });
  const checkpoints = (await folders.below(shards)).flatMap(({ above, ...change }) => {
    const id = checkpointOfShardPath(above.name, change.name);
    return id === undefined ? [] : [{ ...change, id, commit: above.commit, parent: above.parent }];
  });
  const sessions = await folders.below(checkpoints.filter(({ now }) => now !== undefined));
  const gone = [
    ...checkpoints.map((checkpoint) => ({ ...checkpoint, session: undefined })),
    ...sessions.flatMap(({ above, name, now }) =>
      isSessionFolderName(name) ? [{ ...above, now, session: name }] : [],
    ),
  ].filter(({ now }) => now === undefined);
  return grouped(gone, ({ commit, id, session }) => `${commit.id} ${id}/${session ?? ''}`).map((sides) => {
    const [{ commit, parent, id, session, old }] = sides;
    return { id, session, commit: commit.id, parent, tree: old, isCertain: sides.length === commit.parents.length };
  });
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Array<[T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
