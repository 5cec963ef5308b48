import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { shardPath } from '../../../checkpoint/checkpoint-id.ts';
import type { GenerationSize } from '../../../generations/size.ts';
import { serializeCommit } from '../../../git/commit.ts';
import { treesOfCommits } from '../../../git/commit-trees.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Repository } from '../../../git/repository.ts';
import { editTree, type TreeEdit } from '../../../git/tree-editor.ts';
import { MAIN_REF } from '../../../layout/ref-names.ts';
import { keptHeaders } from '../../../project/commit-image.ts';
import { placeGenerations } from './place-generations.ts';
import type { SplitSide } from './split-side.ts';
import type { UnitedContent } from './unite-content.ts';

/** A V2 here, and one that has rewritten what both had when they were united last (`earlier`). */
export interface RewrittenSplit {
  readonly ours: SplitSide;
  readonly theirs: SplitSide;
  readonly earlier: SplitSide;
}

/** A V2 by its refs. */
export interface PutOnSplit {
  readonly refs: ReadonlyMap<RefName, ObjectId>;
  /** Checkpoints that both have changed, of which the remote's counts. */
  readonly both: readonly CheckpointId[];
}

/**
 * A remote's V2 that was rewritten, with the checkpoints that were written here since both were united last: one commit on its `main`, and
 * their transcripts in its generations, so that what was taken out is in no history.
 */
export async function putOnRewrittenSplit(
  repo: Repository,
  objects: ObjectOverlay,
  { ours, theirs, earlier }: RewrittenSplit,
  size: GenerationSize,
): Promise<PutOnSplit> {
  const own = new Set<CheckpointId>();
  const both: CheckpointId[] = [];
  for (const id of ours.folders.keys()) {
    if (isSame(id, ours, earlier) || isSame(id, ours, theirs)) continue;
    if (isSame(id, theirs, earlier)) own.add(id);
    else both.push(id);
  }
  if (own.size === 0) return { refs: theirs.refs.v2, both };
  const content = await contentOf(repo, objects, { ours, theirs }, own);
  const held = new Set([...theirs.held.archives.values()].flatMap((ids) => [...ids]));
  const added = [...own].filter((id) => content.full.has(id) && !held.has(id));
  const { archives, current } = theirs.held;
  const second = { ...theirs, main: content.main, folders: content.folders, full: content.full };
  const written = { ...second, held: { archives, current: new Set([...current, ...added]) } };
  const sides = { first: theirs, second: written, kind: 'ahead' } as const;
  const updates = await placeGenerations(repo, objects, { sides, content, ours: theirs.refs, size });
  const refs = new Map<RefName, ObjectId>([...theirs.refs.v2, [MAIN_REF, content.main]]);
  for (const { ref, new: to } of updates) {
    if (to === null) refs.delete(ref);
    else refs.set(ref, to);
  }
  return { refs, both };
}

/** Whether two V2s have the same of a checkpoint: on `main`, and in generations, which a finalized transcript changes alone. */
function isSame(id: CheckpointId, one: SplitSide, other: SplitSide): boolean {
  return one.folders.get(id) === other.folders.get(id) && one.full.get(id) === other.full.get(id);
}

async function contentOf(
  repo: Repository,
  objects: ObjectOverlay,
  { ours, theirs }: Pick<RewrittenSplit, 'ours' | 'theirs'>,
  own: ReadonlySet<CheckpointId>,
): Promise<UnitedContent> {
  const folders = new Map(theirs.folders);
  const full = new Map(theirs.full);
  const edits = new Map<string, TreeEdit>();
  for (const id of own) {
    const [folder, transcripts] = [ours.folders.get(id), ours.full.get(id)];
    if (folder === undefined) continue;
    folders.set(id, folder);
    edits.set(shardPath(id), { mode: '40000', id: folder });
    if (transcripts !== undefined) full.set(id, transcripts);
  }
  const [root = null] = await treesOfCommits(repo, [theirs.main]);
  const tree = await editTree(repo, objects, root, edits);
  const commit = await objects.commit(ours.main);
  const { message } = commit;
  const rewritten = { tree, parents: [theirs.main], headers: keptHeaders(commit), message };
  const main = objects.add('commit', serializeCommit(rewritten));
  const hasChanged = (side: SplitSide, id: CheckpointId) => side.main === main && own.has(id);
  return { main, folders, full, merged: [], isReplaced: false, hasChanged };
}
