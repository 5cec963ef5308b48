import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { lackingCheckpoints } from '../compare/compare-checkpoints.ts';
import { batches } from '../git/batches.ts';
import { BadObjectError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CheckpointView, View } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import { readableCheckpoints } from '../layout/readable.ts';
import { checkpointRef } from '../layout/ref-names.ts';
import { hashingSink } from '../project/projection.ts';
import { CheckpointTrees } from '../project/refs/checkpoint-trees.ts';
import { histories, type RefCommit } from '../project/refs/ref-tips.ts';

/** A layout, and the trees of its checkpoints that can be read. */
export interface LayoutFolders {
  readonly view: View;
  readonly folders: ReadonlyMap<CheckpointId, ObjectId>;
}

/**
 * Those of some checkpoints, which both layouts have, that the target holds in another state than the source, but for those that go
 * on from the source's state. V1 and git-refs are compared by the trees that one becomes in the other; V2, which keeps a checkpoint
 * in two places, by the ids of what its sessions hold. What these do not say is compared by content, as verify does.
 */
export async function laggingCheckpoints(
  repo: Repository,
  source: LayoutFolders,
  target: LayoutFolders,
  ids: readonly CheckpointId[],
): Promise<CheckpointId[]> {
  const [from, to] = [source.view.layout, target.view.layout];
  const lacking = (some: readonly CheckpointId[]) => lackingCheckpoints(repo, source.view, target.view, some);
  if (layoutOf(from).hasGenerations || layoutOf(to).hasGenerations)
    return lacking(await differingSessions(source.view, target.view, ids));
  const [v1, refs] = from === 'v1' ? [source, target] : [target, source];
  const treeOf = await treesOfBranch(repo, v1.folders, ids);
  const differing = ids.filter((id) => treeOf(id) === undefined || treeOf(id) !== refs.folders.get(id));
  if (to === 'v1' || differing.length === 0) return lacking(differing);
  const tipOf = new Map(refs.view.refs.map(({ name, id }) => [name, id]));
  const tips = new Map(differing.map((id) => [id, tipOf.get(checkpointRef(id)) as ObjectId]));
  const ahead = await goingOn(repo, tips, treeOf);
  return differing.filter((id) => !ahead.has(id));
}

/** The checkpoints whose refs have V1's tree before their tips: V1's state is in them. */
async function goingOn(
  repo: Repository,
  tips: ReadonlyMap<CheckpointId, ObjectId>,
  treeOf: (id: CheckpointId) => ObjectId | undefined,
): Promise<ReadonlySet<CheckpointId>> {
  const hasTree = (id: CheckpointId, { tree }: RefCommit) => tree === treeOf(id);
  const cutOff = inCaseOf(BadObjectError, () => new Set<CheckpointId>());
  return histories(repo, tips, hasTree, ({ parents }) => parents.slice(0, 1)).catch(cutOff);
}

/** The tree that each V1 folder becomes in git-refs; `undefined` for one that can't be read. */
async function treesOfBranch(repo: Repository, folders: LayoutFolders['folders'], ids: readonly CheckpointId[]) {
  const trees = new CheckpointTrees(repo, hashingSink(repo.objectFormat));
  const wanted = ids.map((id) => [id, folders.get(id) as ObjectId] as const);
  const unread = new Set<CheckpointId>();
  for (const batch of batches(wanted)) {
    try {
      await trees.load(batch);
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
      for (const [id] of batch) unread.add(id);
    }
  }
  return (id: CheckpointId) => (unread.has(id) ? undefined : trees.treeOf(id, folders.get(id) as ObjectId));
}

async function differingSessions(source: View, target: View, ids: readonly CheckpointId[]): Promise<CheckpointId[]> {
  const differing: CheckpointId[] = [];
  for (const batch of batches(ids)) {
    const [ours, theirs] = [await readableCheckpoints(source, batch), await readableCheckpoints(target, batch)];
    for (const id of batch) {
      const [our, their] = [ours.read.get(id), theirs.read.get(id)];
      if (our === undefined) continue; // counted as unreadable
      const there = their && contentOf(their);
      if (there === undefined || [...contentOf(our)].some((blob) => !there.has(blob))) differing.push(id);
    }
  }
  return differing;
}

/** The blobs that every layout has of a session as they are: metadata, prompts, and the transcript. */
function contentOf({ sessions }: CheckpointView): ReadonlySet<ObjectId> {
  const blobs = new Set<ObjectId>();
  for (const { files, transcript } of sessions) {
    for (const { role, id } of files) if (role === 'metadata' || role === 'prompts' || role === 'task') blobs.add(id);
    for (const { id } of transcript?.pieces ?? []) blobs.add(id);
  }
  return blobs;
}
