import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { batches, COMMITS_AT_ONCE } from '../git/batches.ts';
import { parsedCommit, rootsOfCommits } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import {
  type CheckpointFolderIds,
  checkpointFolders,
  checkpointsIn,
  isShardEntry,
  type Wanted,
} from './checkpoint-walk.ts';
import type { ViewCommit } from './layout.ts';

/** The folders that checkpoints have at each of some commits of one ref, in the order of the commits. Throws `BadObjectError`. */
export async function* foldersInHistory(
  repo: Repository,
  commits: readonly ObjectId[],
  wanted?: Wanted,
): AsyncGenerator<{ readonly commit: ObjectId; readonly folders: CheckpointFolderIds }> {
  for (const batch of batches(commits, COMMITS_AT_ONCE)) {
    const folders = await checkpointFolders(repo, await rootsOfCommits(repo, batch), wanted);
    for (const [i, commit] of batch.entries()) yield { commit, folders: folders[i] ?? new Map() };
  }
}

type Root = readonly TreeEntry[];

/** The history of a ref that keeps checkpoints in shards, as `View.history` gives it. */
export async function* historyOf(repo: Repository, { name, id }: Ref, since?: ObjectId): AsyncGenerator<ViewCommit> {
  const walked = await repo.walk({ tips: [id], exclude: since === undefined ? [] : [since] });
  let known = new Map<ObjectId, Root>();
  for (const batch of batches(walked, COMMITS_AT_ONCE)) {
    known = await rootsOfBatch(repo, batch, known);
    const objects = await repo.readObjects(batch.map((commit) => commit.id));
    const changes = await changesBetween(
      repo,
      batch.map(({ id: commit, parents: [first] }) => ({
        before: (first && known.get(first)) ?? [],
        after: known.get(commit) ?? [],
      })),
    );
    for (const [i, commit] of batch.entries()) {
      yield {
        id: commit.id,
        refs: [name],
        commit: parsedCommit(commit.id, objects[i]),
        changes: changes[i] ?? new Map(),
      };
    }
  }
}

/** The root trees of commits and their first parents; those of the batch before are known. */
async function rootsOfBatch(
  repo: Repository,
  batch: ReadonlyArray<{ readonly id: ObjectId; readonly parents: readonly ObjectId[] }>,
  known: ReadonlyMap<ObjectId, Root>,
): Promise<Map<ObjectId, Root>> {
  const ids = [...new Set(batch.flatMap(({ id, parents }) => [id, ...parents.slice(0, 1)]))];
  const unknown = ids.filter((id) => !known.has(id));
  const roots = await rootsOfCommits(repo, unknown);
  const read = new Map(unknown.map((id, i) => [id, roots[i] ?? []]));
  return new Map(ids.map((id) => [id, known.get(id) ?? read.get(id) ?? []]));
}

/**
 * The checkpoints whose folders differ between two roots, for each pair, with the folder in `after`; `null` where that has none. Shards that
 * are the same in both are not read.
 */
export async function changesBetween(
  repo: Repository,
  pairs: ReadonlyArray<{ readonly before: Root; readonly after: Root }>,
): Promise<Array<Map<CheckpointId, ObjectId | null>>> {
  const shards = pairs.map(({ before, after }) => {
    const old = new Map(before.filter(isShardEntry).map(({ name, id }) => [name, id]));
    const now = new Map(after.filter(isShardEntry).map(({ name, id }) => [name, id]));
    return [...new Set([...old.keys(), ...now.keys()])]
      .filter((name) => old.get(name) !== now.get(name))
      .map((name) => ({ name, old: old.get(name), now: now.get(name) }));
  });
  const ids = [...new Set(shards.flat().flatMap(({ old, now }) => [...(old ? [old] : []), ...(now ? [now] : [])]))];
  const trees = await readTrees(repo, ids);
  const entries = new Map(ids.map((id, i) => [id, trees[i] ?? []]));
  const foldersOf = (name: string, id: ObjectId | undefined) => {
    return new Map(id === undefined ? [] : checkpointsIn(name, entries.get(id) ?? []));
  };
  return shards.map((changed) => {
    const changes = new Map<CheckpointId, ObjectId | null>();
    for (const { name, old, now } of changed) {
      const [before, after] = [foldersOf(name, old), foldersOf(name, now)];
      for (const id of before.keys()) if (!after.has(id)) changes.set(id, null);
      for (const [id, folder] of after) if (before.get(id) !== folder) changes.set(id, folder);
    }
    return changes;
  });
}
