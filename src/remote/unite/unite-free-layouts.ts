import { CkptError } from '../../checkpoint/errors.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import { backupPrefix, CHECKPOINTS_PREFIX, checkpointOfRef, V1_REF } from '../../layout/ref-names.ts';
import { readDeletedCheckpoints } from '../../project/refs/deleted-checkpoints.ts';
import { byRemoteName, trackingPrefix, unitedV1Ref } from '../../standing/remote-refs.ts';
import type { United, UnitedRef } from '../result.ts';
import { uniteCheckpoint, uniteHistories } from './merge-histories.ts';
import type { UniteOptions } from './unite-options.ts';

interface UnitePlan extends United {
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter;
}

/** Unites V1 and git-refs with those of a remote: by fast-forward, or by a merge of content. */
export function uniteFreeLayouts(repo: Repository, options: UniteOptions): Promise<United> {
  const { remote, onEvent } = options;
  return executePlan(repo, () => planUnion(repo, options), { message: `ckpt fetch: ${remote}`, onEvent });
}

async function planUnion(repo: Repository, options: UniteOptions): Promise<UnitePlan> {
  const { remote } = options;
  const unitedRef = unitedV1Ref(remote);
  const united = (await repo.resolveRef(unitedRef)) ?? null;
  const earlier = united ?? options.earlierV1;
  const theirs = byRemoteName(remote, await repo.listRefs(trackingPrefix(remote)));
  const ours = new Map((await repo.listRefs(V1_REF, CHECKPOINTS_PREFIX)).map((ref) => [ref.name, ref]));
  const objects = new ObjectOverlay(repo);
  const writer = repo.objectWriter();
  const found: UnitedRef[] = [];
  const merged: string[] = [];
  const backups: RefUpdate[] = [];
  const warnings: string[] = [];
  const deleted = await readDeletedCheckpoints(repo.commonDir);
  const move = (ref: RefName, layout: UnitedRef['layout'], change: UnitedRef['change'], to: ObjectId) =>
    found.push({ ref, layout, change, old: ours.get(ref)?.id ?? null, new: to });
  for (const [name, their] of theirs) {
    const checkpoint = checkpointOfRef(name);
    const our = ours.get(name);
    if (our?.id === their.id || (name !== V1_REF && checkpoint === undefined)) continue;
    const layout = checkpoint === undefined ? 'v1' : 'refs';
    if (our === undefined) {
      if (checkpoint === undefined || !deleted.has(checkpoint)) move(name, layout, 'created', their.id);
      continue;
    }
    if (checkpoint === undefined && (await isRewritten(repo, earlier, our.id, their.id))) {
      const kept = await adoptRewritten(repo, remote, earlier as ObjectId, our, their);
      backups.push(kept);
      warnings.push(
        `${remote} has a V1 that was rewritten, and it is taken over; the one of before is kept as ${kept.ref}`,
      );
      move(name, layout, 'forwarded', their.id);
      continue;
    }
    const union =
      checkpoint === undefined
        ? await uniteHistories(repo, objects, our.id, their.id)
        : await uniteCheckpoint(repo, objects, checkpoint, our.id, their.id);
    if (union.kind === 'theirs') move(name, layout, 'forwarded', union.tip);
    if (union.kind === 'merged') move(name, layout, 'merged', union.tip);
    if (union.kind === 'merged') objects.store(union.tip, writer);
    for (const each of union.merged) merged.push(each);
  }
  const theirV1 = theirs.get(V1_REF)?.id;
  const noted = theirV1 === undefined || theirV1 === united ? [] : [{ ref: unitedRef, old: united, new: theirV1 }];
  const updates = [...backups, ...noted, ...found.map(({ ref, old, new: to }) => ({ ref, old, new: to }) as RefUpdate)];
  const backup = backups.length === 0 ? null : (backups[0]?.ref ?? null);
  return { updates, writer, refs: found, mergedCheckpoints: [...new Set(merged)], backup, warnings };
}

/** Whether a V1 there lacks what it had when both were united last, and the V1 here does not: after a rebase of ours on theirs it does. */
async function isRewritten(
  repo: Repository,
  earlier: ObjectId | undefined,
  ours: ObjectId,
  theirs: ObjectId,
): Promise<boolean> {
  if (earlier === undefined || earlier === theirs || (await repo.isAncestor(earlier, theirs))) return false;
  return repo.isAncestor(earlier, ours);
}

/**
 * Where somebody has rewritten the remote's V1, a merge would bring back what was taken out of it. It is taken over where nothing of
 * ours is lost by that; else the user has to say what is right.
 */
async function adoptRewritten(
  repo: Repository,
  remote: string,
  earlier: ObjectId,
  our: Ref,
  their: Ref,
): Promise<RefUpdate> {
  if (!(await repo.isAncestor(our.id, earlier))) {
    const message = `the V1 of ${remote} was rewritten: it does not contain ${earlier}, and ${our.name} has commits that it lacks`;
    throw new CkptError('REMOTE_REWRITTEN', message, {
      hint: [
        'A merge would bring back what was taken out. To put the commits of this clone on the new V1: ',
        ['git', 'rebase', '--onto', their.name, earlier, 'entire/checkpoints/v1'],
      ],
    });
  }
  return { ref: `${backupPrefix(new Date())}v1`, old: null, new: our.id };
}
