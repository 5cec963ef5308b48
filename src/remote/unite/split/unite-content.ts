import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Repository } from '../../../git/repository.ts';
import { allFolders } from '../../../layout/checkpoint-walk.ts';
import { uniteHistories } from '../merge-histories.ts';
import { mergeSplit } from './merge-split.ts';
import type { OrderedSides } from './order-sides.ts';
import type { SplitSide } from './split-side.ts';

/** What two V2s have together, wherever in generations it is to lie. */
export interface UnitedContent {
  /** The commit of `main`, which may be staged only. */
  readonly main: ObjectId;
  readonly folders: ReadonlyMap<CheckpointId, ObjectId>;
  /** What generations are to hold of each checkpoint, those that were pruned included. */
  readonly full: ReadonlyMap<CheckpointId, ObjectId>;
  /** Checkpoints that both had changed. */
  readonly merged: readonly CheckpointId[];
  /** Whether a version of some transcript is in the result no more: neither goes on from the other. */
  readonly isReplaced: boolean;
  /** Whether a V2 has changed a checkpoint on `main` since both were the same. */
  readonly hasChanged: (side: SplitSide, id: CheckpointId) => boolean;
}

/** Unites what two V2s have: `main` as V1 is united, and with each checkpoint its folders in generations. */
export async function uniteContent(
  repo: Repository,
  objects: ObjectOverlay,
  { first, second, kind }: OrderedSides,
): Promise<UnitedContent> {
  const split = new Map<CheckpointId, ObjectId | undefined>();
  let isReplaced = false;
  const union = await uniteHistories(repo, objects, first.main, second.main, async (conflict) => {
    const { id } = conflict;
    const full = { first: first.full.get(id), second: second.full.get(id) };
    const merged = await mergeSplit(repo, objects, { ...conflict, full });
    split.set(id, merged.full);
    isReplaced ||= merged.isReplaced;
    return merged.main;
  });
  const folders = await allFolders(repo, union.tip);
  const base = union.base === undefined ? new Map<CheckpointId, ObjectId>() : await allFolders(repo, union.base);
  const hasChanged = (side: SplitSide, id: CheckpointId) => side.folders.get(id) !== base.get(id);
  const full = new Map<CheckpointId, ObjectId>();
  for (const id of new Set([...first.full.keys(), ...second.full.keys()])) {
    const [one, other, main] = [first.full.get(id), second.full.get(id), folders.get(id)];
    let folder = split.has(id) ? split.get(id) : (other ?? one);
    // Who is ahead has written after the other one: nothing of a checkpoint is written without a commit on `main`.
    const differs = one !== undefined && other !== undefined && one !== other;
    if (!split.has(id) && differs && kind !== 'ahead' && main !== undefined) {
      const isSecondLater = hasChanged(second, id) || !hasChanged(first, id);
      const conflict = {
        id,
        first: main,
        second: main,
        base: main,
        isSecondLater,
        full: { first: one, second: other },
      };
      const merged = await mergeSplit(repo, objects, conflict);
      folder = merged.full;
      isReplaced ||= merged.isReplaced;
    }
    if (folder !== undefined) full.set(id, folder);
  }
  return { main: union.tip, folders, full, merged: union.merged, isReplaced, hasChanged };
}
