import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { someOf } from '../../checkpoint/some-of.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Ref, RefUpdate, Repository } from '../../git/repository.ts';
import { backupPrefix, CHECKPOINTS_PREFIX, checkpointOfRef, checkpointRef } from '../../layout/ref-names.ts';
import type { UnitedRef } from '../result.ts';
import { uniteCheckpoint } from './merge-histories.ts';
import { putOnRewritten } from './put-on.ts';
import { findRewriting } from './rewriting.ts';

/** V1 and git-refs here and at a remote, by their names. */
export interface FreeRefs {
  readonly remote: string;
  readonly ours: ReadonlyMap<RefName, Ref>;
  readonly theirs: ReadonlyMap<RefName, Ref>;
  /** Where the remote's were when both were united last. */
  readonly united: ReadonlyMap<RefName, ObjectId>;
  /** What the remote had when it was asked before. */
  readonly seen: ReadonlyMap<RefName, Ref>;
  /** Checkpoints that were deleted here, and stay away. */
  readonly deleted: ReadonlySet<CheckpointId>;
}

/** What becomes of them. New commits are staged. */
export interface UnitedFreeRefs {
  readonly refs: readonly UnitedRef[];
  /** Checkpoints that both had changed. */
  readonly merged: readonly CheckpointId[];
  readonly backups: readonly RefUpdate[];
  readonly warnings: readonly string[];
}

/** Unites git-refs with those of a remote, each by itself: by fast-forward, by a merge of content, or by following a remote that was rewritten. */
export async function uniteCheckpointRefs(
  repo: Repository,
  objects: ObjectOverlay,
  sides: FreeRefs,
): Promise<UnitedFreeRefs> {
  const { ours, theirs, deleted } = sides;
  const refs: UnitedRef[] = [];
  const merged: CheckpointId[] = [];
  const rewritten = new Map<CheckpointId, ObjectId>();
  const both: CheckpointId[] = [];
  const kept: CheckpointId[] = [];
  for (const [ref, { id: their }] of theirs) {
    const id = checkpointOfRef(ref);
    const our = ours.get(ref)?.id;
    if (id === undefined || our === their) continue;
    const move = (change: UnitedRef['change'], to: ObjectId) =>
      refs.push({ ref, layout: 'refs', change, old: our ?? null, new: to });
    if (our === undefined) {
      if (!deleted.has(id)) move('created', their);
      continue;
    }
    const united = sides.united.get(ref);
    const rewriting = await findRewriting(repo, { ours: our, theirs: their, united, seen: sides.seen.get(ref)?.id });
    if (rewriting?.where === 'there') {
      const { earlier } = rewriting;
      const { tip, isBoth } = await putOnRewritten(repo, objects, id, { ours: our, theirs: their, earlier });
      move(tip === their ? 'taken-over' : 'merged', tip);
      rewritten.set(id, our);
      if (isBoth) both.push(id);
    } else if (rewriting?.where === 'here') {
      kept.push(id);
    } else if (our === united) {
      move('forwarded', their);
    } else {
      const union = await uniteCheckpoint(repo, objects, id, our, their);
      if (union.kind === 'theirs') move('forwarded', union.tip);
      if (union.kind === 'merged') move('merged', union.tip);
      for (const each of union.merged) merged.push(each);
    }
  }
  const { backups, warnings } = followed(sides.remote, { rewritten, both, kept });
  return { refs, merged: [...merged, ...both], backups, warnings };
}

/** How many checkpoints a warning names. */
const NAMED = 5;

function followed(
  remote: string,
  found: {
    readonly rewritten: ReadonlyMap<CheckpointId, ObjectId>;
    readonly both: readonly CheckpointId[];
    readonly kept: readonly CheckpointId[];
  },
): { readonly backups: readonly RefUpdate[]; readonly warnings: readonly string[] } {
  const { rewritten, both, kept } = found;
  const prefix = backupPrefix(new Date());
  const backups = [...rewritten].map(([id, old]) => ({
    ref: prefix + checkpointRef(id).slice(CHECKPOINTS_PREFIX.length),
    old: null,
    new: old,
  }));
  const warnings: string[] = [];
  if (rewritten.size > 0)
    warnings.push(
      `${remote} has git-refs that were rewritten, and they are taken over: ${someOf([...rewritten.keys()], NAMED)}; those of before are kept under ${prefix}`,
    );
  if (both.length > 0) warnings.push(bothWarning(both, remote));
  if (kept.length > 0) warnings.push(keptWarning(someOf(kept, NAMED), remote));
  return { backups, warnings };
}

/** Says of checkpoints that were changed here, and rewritten at the remote, which version counts. */
export function bothWarning(ids: readonly CheckpointId[], remote: string): string {
  return `${someOf(ids, NAMED)}: changed here as well; of what both have changed ${remote}'s counts`;
}

/** Says of refs that were rewritten here, and not at the remote, that they were left alone, and what to do. */
export function keptWarning(what: string, remote: string): string {
  return `${what}: rewritten here, while ${remote} has what was there before. Nothing was united. To replace it there: git push --no-verify --force; to take it from there: delete the ref here, and ckpt fetch`;
}
