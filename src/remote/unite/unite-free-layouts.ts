import { CkptError } from '../../checkpoint/errors.ts';
import { someOf } from '../../checkpoint/some-of.ts';
import { executePlan } from '../../git/execute-plan.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import { BRANCH_REF, backupPrefix, CHECKPOINTS_PREFIX, SPLIT_PREFIX } from '../../layout/ref-names.ts';
import { readDeletedCheckpoints } from '../../project/refs/deleted-checkpoints.ts';
import { byRemoteName, trackingPrefix } from '../../standing/remote-refs.ts';
import { noteUnited, readUnited } from '../../standing/united-refs.ts';
import type { United, UnitedRef } from '../result.ts';
import { uniteHistories } from './merge-histories.ts';
import { findRewriting } from './rewriting.ts';
import { type FreeRefs, keptWarning, type UnitedFreeRefs, uniteCheckpointRefs } from './unite-checkpoint-refs.ts';
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
  const [tracked, own] = await Promise.all([
    repo.listRefs(trackingPrefix(remote)),
    repo.listRefs(BRANCH_REF, CHECKPOINTS_PREFIX),
  ]);
  const ours = new Map(own.map((ref) => [ref.name, ref]));
  const { theirs, warnings: odd } = await commitsAmong(repo, remote, byRemoteName(remote, tracked), ours);
  const objects = new ObjectOverlay(repo);
  const known = await readUnited(repo, remote);
  const deleted = await readDeletedCheckpoints(repo.commonDir);
  const sides = { remote, ours, theirs, united: known.ids, seen: options.seenBefore, deleted };
  const v1 = await uniteBranch(repo, objects, sides);
  const checkpoints = await uniteCheckpointRefs(repo, objects, sides);
  const now = new Map([...theirs].map(([ref, { id }]) => [ref, id]));
  const noted = await noteUnited(repo, objects, remote, { known, now });
  const refs = [...v1.refs, ...checkpoints.refs];
  const backups = [...v1.backups, ...checkpoints.backups];
  const moves = refs.map(({ ref, old, new: to }) => ({ ref, old, new: to }) as RefUpdate);
  const updates = [...backups, ...noted, ...moves];
  const writer = repo.objectWriter();
  for (const { new: to } of updates) if (to !== null) objects.store(to, writer);
  const mergedCheckpoints = [...new Set([...v1.merged, ...checkpoints.merged])];
  const warnings = [...odd, ...v1.warnings, ...checkpoints.warnings];
  return { updates, writer, refs, mergedCheckpoints, backup: backups[0]?.ref ?? null, warnings };
}

/** What a remote has of V1 and git-refs, without refs that are at something else than a commit, here or there: whoever may push there can make one. */
async function commitsAmong(
  repo: Repository,
  remote: string,
  all: ReadonlyMap<RefName, Ref>,
  ours: ReadonlyMap<RefName, Ref>,
): Promise<{ readonly theirs: ReadonlyMap<RefName, Ref>; readonly warnings: readonly string[] }> {
  const free = [...all].filter(([ref]) => !ref.startsWith(SPLIT_PREFIX));
  const changed = free
    .map(([ref, { id }]) => ({ ref, ids: [id, ours.get(ref)?.id ?? null] }))
    .filter(({ ids: [their, our] }) => their !== our);
  const ids = [...new Set(changed.flatMap((one) => one.ids.filter((id) => id !== null)))];
  const infos = await repo.objectInfo(ids);
  const others = new Set<ObjectId | null>(ids.filter((_, i) => infos[i] !== undefined && infos[i]?.type !== 'commit'));
  const odd = new Set(changed.filter((one) => one.ids.some((id) => others.has(id))).map(({ ref }) => ref));
  const what = `not at a commit, here or at ${remote}, and so left alone: ${someOf([...odd], 3)}`;
  return { theirs: new Map(free.filter(([ref]) => !odd.has(ref))), warnings: odd.size === 0 ? [] : [what] };
}

async function uniteBranch(repo: Repository, objects: ObjectOverlay, sides: FreeRefs): Promise<UnitedFreeRefs> {
  const { remote } = sides;
  const [ours, theirs, seen] = [
    sides.ours.get(BRANCH_REF),
    sides.theirs.get(BRANCH_REF),
    sides.seen.get(BRANCH_REF)?.id,
  ];
  const none = { refs: [], merged: [], backups: [], warnings: [] };
  if (theirs === undefined) return none;
  const moved = (change: UnitedRef['change'], to: ObjectId): UnitedRef[] => [
    { ref: BRANCH_REF, layout: 'v1', change, old: ours?.id ?? null, new: to },
  ];
  if (ours === undefined) return { ...none, refs: moved('created', theirs.id) };
  const united = sides.united.get(BRANCH_REF);
  const rewriting = await findRewriting(repo, { ours: ours.id, theirs: theirs.id, united, seen });
  if (rewriting?.where === 'there') {
    const kept = await adoptRewritten(repo, remote, rewriting.earlier, ours, theirs);
    const warning = `${remote} has a V1 that was rewritten, and it is taken over; the one of before is kept as ${kept.ref}`;
    return { ...none, refs: moved('taken-over', theirs.id), backups: [kept], warnings: [warning] };
  }
  if (rewriting?.where === 'here') return { ...none, warnings: [keptWarning(BRANCH_REF, remote)] };
  const union = await uniteHistories(repo, objects, ours.id, theirs.id);
  if (union.kind === 'theirs') return { ...none, refs: moved('forwarded', union.tip) };
  if (union.kind === 'merged') return { ...none, refs: moved('merged', union.tip), merged: union.merged };
  return none;
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
