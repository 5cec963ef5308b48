import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { type CheckpointConflict, mergeCheckpoint } from '../../compare/merge-checkpoint.ts';
import { commitHeader, committedAt, parseCommit, serializeCommit } from '../../git/commit.ts';
import { rootsOfCommits, treesOfCommits } from '../../git/commit-trees.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository, WalkedCommit } from '../../git/repository.ts';
import type { TreeEntry } from '../../git/tree.ts';
import { editTree, type TreeEdit } from '../../git/tree-editor.ts';
import { checkpointFolders, foldersIn, isShardEntry } from '../../layout/checkpoint-walk.ts';
import { partingOf } from './common-ancestor.ts';

/** Two histories as one. */
export interface Union {
  /** The commit that has both: one of the two where it contains the other. */
  readonly tip: ObjectId;
  readonly kind: 'same' | 'ours' | 'theirs' | 'merged';
  /** Checkpoints that both had changed. */
  readonly merged: readonly CheckpointId[];
  /** The commit that both go on from; `undefined` where there is none, or more than one. */
  readonly base: ObjectId | undefined;
}

/**
 * Unites two histories of a branch with shards (V1, or V2's `main`): by fast-forward, else by a merge commit of content, whose objects
 * go to `objects`. It follows from the two commits alone, whichever is whose: every clone makes the same one. `merge` says what becomes
 * of a checkpoint that both have changed.
 */
export async function uniteHistories(
  repo: Repository,
  objects: ObjectOverlay,
  ours: ObjectId,
  theirs: ObjectId,
  merge = (conflict: CheckpointConflict) => mergeCheckpoint(repo, objects, conflict),
): Promise<Union> {
  const quick = await quickUnion(repo, ours, theirs);
  if (quick !== undefined) return quick;
  const [first, second] = await inOrder(repo, ours, theirs);
  const parting = await partingOf(repo, first, second);
  const [base] = parting.bases.length === 1 ? parting.bases : [];
  const ids = [first, second, ...(base === undefined ? [] : [base])];
  const [a = [], b = [], c = []] = await rootsOfCommits(repo, ids);
  const [inA = new Map(), inB = new Map(), inC = new Map()] = await checkpointFolders(repo, [a, b, c]);
  const edits = new Map<string, TreeEdit>();
  const merged: CheckpointId[] = [];
  for (const id of new Set([...inA.keys(), ...inB.keys()])) {
    const [one, other, before] = [inA.get(id), inB.get(id), inC.get(id)];
    if (one === other || other === before) continue;
    if (one !== undefined && other !== undefined && one !== before) {
      const isSecondLater = await isLater(repo, parting.first, parting.second, id);
      const conflict = { id, first: one, second: other, base: before, isSecondLater };
      edits.set(shardPath(id), { mode: '40000', id: await merge(conflict) });
      merged.push(id);
    } else if (other === undefined) {
      // Gone there: what was changed here meanwhile stays, so that nothing is lost.
      if (one === before) edits.set(shardPath(id), null);
    } else {
      edits.set(shardPath(id), { mode: '40000', id: other });
    }
  }
  for (const [path, entry] of outsideEdits(a, b, c)) edits.set(path, entry);
  const [root = null] = await treesOfCommits(repo, [first]);
  const tree = await editTree(repo, objects, root, edits);
  const commit = await mergeOf(repo, objects, first, second);
  return { tip: commit(tree), kind: 'merged', merged, base };
}

/** The union of two commits one of which contains the other; `undefined` where none does. */
export async function quickUnion(repo: Repository, ours: ObjectId, theirs: ObjectId): Promise<Union | undefined> {
  if (ours === theirs) return { tip: ours, kind: 'same', merged: [], base: ours };
  if (await repo.isAncestor(theirs, ours)) return { tip: ours, kind: 'ours', merged: [], base: theirs };
  if (await repo.isAncestor(ours, theirs)) return { tip: theirs, kind: 'theirs', merged: [], base: ours };
  return undefined;
}

/** Unites two histories of one checkpoint's ref, whose tree is the checkpoint's folder. */
export async function uniteCheckpoint(
  repo: Repository,
  objects: ObjectOverlay,
  id: CheckpointId,
  ours: ObjectId,
  theirs: ObjectId,
): Promise<Union> {
  const quick = await quickUnion(repo, ours, theirs);
  if (quick !== undefined) return quick;
  const [first, second] = await inOrder(repo, ours, theirs);
  const { bases } = await partingOf(repo, first, second);
  const parent = bases.length === 1 ? bases[0] : undefined;
  const [one, other, base] = await treesOfCommits(repo, [first, second, ...(parent === undefined ? [] : [parent])]);
  if (one === undefined || other === undefined) throw new Error('a commit without a tree');
  const folder = one === other || other === base ? one : one === base ? other : undefined;
  const conflict = { id, first: one, second: other, base, isSecondLater: true };
  const tree = folder ?? (await mergeCheckpoint(repo, objects, conflict));
  const commit = await mergeOf(repo, objects, first, second);
  return { tip: commit(tree), kind: 'merged', merged: [id], base: parent };
}

/** Both commits, the one that was committed earlier first; ties by id. */
export async function inOrder(repo: Repository, one: ObjectId, other: ObjectId): Promise<[ObjectId, ObjectId]> {
  const [a, b] = await Promise.all([committerTime(repo, one), committerTime(repo, other)]);
  return a < b || (a === b && one < other) ? [one, other] : [other, one];
}

/** When a commit was committed, in seconds since 1970. */
export async function committerTime(repo: Repository, commit: ObjectId): Promise<number> {
  const [object] = await repo.readObjects([commit]);
  return object === undefined ? 0 : committedAt(parseCommit(object.content));
}

/** Makes a merge by whoever committed last, at that moment, so that all clones make the same commit of a tree. */
export async function mergeOf(
  repo: Repository,
  objects: ObjectOverlay,
  first: ObjectId,
  second: ObjectId,
): Promise<(tree: ObjectId) => ObjectId> {
  const [object] = await repo.readObjects([second]);
  const committer = object && commitHeader(parseCommit(object.content), 'committer');
  const identity = committer ?? 'ckpt <ckpt@localhost> 0 +0000';
  const headers = [`author ${identity}`, `committer ${identity}`];
  const message = 'Merge remote session logs\n';
  return (tree) => objects.add('commit', serializeCommit({ tree, parents: [first, second], headers, message }));
}

/** Whether the last commit that wrote a checkpoint is later among the second commits than among the first. */
async function isLater(
  repo: Repository,
  first: readonly WalkedCommit[],
  second: readonly WalkedCommit[],
  id: CheckpointId,
): Promise<boolean> {
  const [a, b] = [await lastWrite(repo, first, id), await lastWrite(repo, second, id)];
  return b >= a;
}

async function lastWrite(repo: Repository, commits: readonly WalkedCommit[], id: CheckpointId): Promise<number> {
  const newest = [...commits].reverse();
  const folderOf = async ({ id: commit }: WalkedCommit) => (await foldersIn(repo, commit, [id])).get(id);
  const [tip] = newest;
  if (tip === undefined) return 0;
  const wanted = await folderOf(tip);
  let last = tip;
  for (const commit of newest.slice(1)) {
    if ((await folderOf(commit)) !== wanted) break;
    last = commit;
  }
  return committerTime(repo, last.id);
}

/** What lies in no checkpoint, by name at the root: who changed it counts, the second where both did. */
function outsideEdits(
  first: readonly TreeEntry[],
  second: readonly TreeEntry[],
  base: readonly TreeEntry[],
): Map<string, TreeEdit> {
  const edits = new Map<string, TreeEdit>();
  const [a, b, c] = [first, second, base].map((root) => {
    return new Map(root.filter((entry) => !isShardEntry(entry)).map((entry) => [entry.name, entry]));
  }) as [Map<string, TreeEntry>, Map<string, TreeEntry>, Map<string, TreeEntry>];
  for (const [name, theirs] of b) {
    const ours = a.get(name);
    if (ours?.id === theirs.id || theirs.id === c.get(name)?.id) continue;
    edits.set(name, { mode: theirs.mode, id: theirs.id });
  }
  return edits;
}
