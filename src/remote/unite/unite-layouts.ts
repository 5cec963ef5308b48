import { CkptError } from '../../checkpoint/errors.ts';
import { chooseSize } from '../../generations/size.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import {
  backupPrefix,
  CHECKPOINTS_PREFIX,
  checkpointOfRef,
  V1_REF,
  V2_MAIN_REF,
  V2_MANIFEST_REF,
  V2_PREFIX,
} from '../../layout/ref-names.ts';
import { readDeletedCheckpoints } from '../../project/refs/deleted-checkpoints.ts';
import { updateV2 } from '../../project/v2/update-v2.ts';
import { byRemoteName, trackingPrefix } from '../../standing/remote-refs.ts';
import type { United, UnitedRef } from '../result.ts';
import { uniteCheckpoint, uniteHistories } from './merge-histories.ts';
import type { UniteOptions } from './unite-options.ts';
import { uniteProjected } from './v2/unite-projected.ts';
import { uniteV2 } from './v2/unite-v2.ts';

interface UnitePlan extends United {
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter;
}

/**
 * Unites local refs with what a remote has, as it was fetched: V1 and git-refs by fast-forward or by a merge of content, V2 by
 * projecting the V1 that comes of it, so that clones with the same V1 have the same V2. A V2 that does not follow from V1 is united by
 * what it holds. Local refs are never taken back.
 */
export async function uniteLayouts(repo: Repository, options: UniteOptions): Promise<United> {
  const plan = await executePlan(repo, () => planUnion(repo, options), {
    message: `ckpt fetch: ${options.remote}`,
    onEvent: options.onEvent,
  });
  const v2 = await bringUpV2(repo, options);
  return {
    refs: [...plan.refs, ...v2.refs],
    mergedCheckpoints: [...new Set([...plan.mergedCheckpoints, ...v2.mergedCheckpoints])],
    backup: plan.backup ?? v2.backup,
    warnings: [...plan.warnings, ...v2.warnings],
  };
}

/** Brings V2 up to what was fetched: united by content where V1 does not give it, then up to V1, with the archives that were pruned or brought back there. */
export async function bringUpV2(repo: Repository, options: Omit<UniteOptions, 'earlierV1'>): Promise<United> {
  const united = await uniteV2(repo, options);
  const projected = await projectV2(repo, options);
  const placed = await uniteProjected(repo, options);
  return {
    refs: [...united.refs, ...projected, ...placed.refs],
    mergedCheckpoints: united.mergedCheckpoints,
    backup: united.backup ?? placed.backup,
    warnings: [...united.warnings, ...placed.warnings],
  };
}

/** Makes V2 what the V1 that is here gives every clone; nothing where there is no V1, or V2 is not wanted. */
async function projectV2(
  repo: Repository,
  { remote, settings, askedMaxCheckpoints: asked, onEvent }: Omit<UniteOptions, 'earlierV1'>,
): Promise<UnitedRef[]> {
  const [v1, main] = await Promise.all([repo.resolveRef(V1_REF), repo.resolveRef(V2_MAIN_REF)]);
  if (v1 === undefined || (main === undefined && settings.mode !== 'dual')) return [];
  const { fullCurrentMode } = settings;
  const theirs = byRemoteName(remote, await repo.listRefs(trackingPrefix(remote))).get(V2_MANIFEST_REF)?.id;
  const size = await chooseSize(repo, { asked, theirs });
  const { updates } = await updateV2(repo, {
    ...size,
    fullCurrentMode,
    rebuild: false,
    isNormalizing: true,
    onEvent,
  });
  return updates
    .filter(({ ref }) => ref.startsWith(V2_PREFIX))
    .map((update) => ({ ...update, layout: 'v2', change: 'projected' }));
}

async function planUnion(repo: Repository, options: UniteOptions): Promise<UnitePlan> {
  const { remote } = options;
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
    if (checkpoint === undefined && (await isRewritten(repo, options, their.id))) {
      const kept = await adoptRewritten(repo, options, our, their);
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
  const updates = [...backups, ...found.map(({ ref, old, new: to }) => ({ ref, old, new: to }) as RefUpdate)];
  const backup = backups.length === 0 ? null : (backups[0]?.ref ?? null);
  return { updates, writer, refs: found, mergedCheckpoints: [...new Set(merged)], backup, warnings };
}

async function isRewritten(repo: Repository, { earlierV1 }: UniteOptions, now: ObjectId): Promise<boolean> {
  if (earlierV1 === undefined || earlierV1 === now) return false;
  return !(await repo.isAncestor(earlierV1, now));
}

/**
 * Where somebody has rewritten the remote's V1, a merge would bring back what was taken out of it. It is taken over where nothing of
 * ours is lost by that; else the user has to say what is right.
 */
async function adoptRewritten(
  repo: Repository,
  { remote, earlierV1 }: UniteOptions,
  our: Ref,
  their: Ref,
): Promise<RefUpdate> {
  const isOurs = earlierV1 !== undefined && !(await repo.isAncestor(our.id, earlierV1));
  if (isOurs) {
    const message = `the V1 of ${remote} was rewritten: it does not contain ${earlierV1}, and ${our.name} has commits that it lacks`;
    throw new CkptError('REMOTE_REWRITTEN', message, {
      hint: [
        'A merge would bring back what was taken out. To put the commits of this clone on the new V1: ',
        ['git', 'rebase', '--onto', their.name, earlierV1 ?? '', 'entire/checkpoints/v1'],
      ],
    });
  }
  return { ref: `${backupPrefix(new Date())}v1`, old: null, new: our.id };
}
