import { backupOf } from '../../../generations/backup.ts';
import { chooseSize } from '../../../generations/size.ts';
import { executePlan } from '../../../git/execute-plan.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Ref, RefUpdate, Repository } from '../../../git/repository.ts';
import { stagedRepository } from '../../../git/staged-repository.ts';
import { BRANCH_REF, generationNumber, MAIN_REF } from '../../../layout/ref-names.ts';
import { readOrigin } from '../../../project/commit-image.ts';
import { noteUnited, readUnitedSplit } from '../../../standing/united-refs.ts';
import type { United, UnitedRef } from '../../result.ts';
import { findRewriting } from '../rewriting.ts';
import { bothWarning, keptWarning } from '../unite-checkpoint-refs.ts';
import type { UniteOptions } from '../unite-options.ts';
import { firstSplit } from './first-split.ts';
import { isContained, orderSides } from './order-sides.ts';
import { placeGenerations } from './place-generations.ts';
import { type PutOnSplit, putOnRewrittenSplit } from './put-on-split.ts';
import { readSide, type SplitSide } from './split-side.ts';
import { type BothRefs, idOf, NOTHING_TO_UNITE, readBothRefs, type UnionPlan, withBackup } from './union-plan.ts';
import { uniteContent } from './unite-content.ts';

/**
 * Unites the V2 that is here with that of a remote, as it was fetched, where not both are projections of the V1 that is here: by what they
 * hold, `main` as V1 is united, generations so that nothing lies in two. What comes of it follows from the two V2s alone.
 */
export async function uniteSplit(repo: Repository, options: UniteOptions): Promise<United> {
  const { remote, onEvent } = options;
  return executePlan(repo, () => planNoted(repo, options), { message: `ckpt fetch: ${remote}`, onEvent });
}

/** The union, and the note of what it was made of. */
async function planNoted(repo: Repository, options: UniteOptions): Promise<UnionPlan> {
  const { remote } = options;
  const known = await readUnitedSplit(repo, remote);
  const united = [...known.ids].map(([name, id]) => ({ name, id }));
  const both = await readBothRefs(repo, remote);
  const plan = await planUnion(repo, options, both, united);
  const { theirs } = both;
  const gone = united.map(({ name }) => [name, null] as const);
  const now = new Map([...gone, ...theirs.map(({ name, id }) => [name, id] as const)]);
  const noted = await noteUnited(repo, repo.objectWriter(), remote, { known, now });
  return { ...plan, updates: [...plan.updates, ...noted] };
}

async function planUnion(
  repo: Repository,
  { remote, settings, askedMaxCheckpoints: asked }: UniteOptions,
  { ours: ourRefs, theirs: theirRefs }: BothRefs,
  before: readonly Ref[],
): Promise<UnionPlan> {
  if (await followsFromBranch(repo, ourRefs, theirRefs)) {
    const first = settings.mode === 'dual' ? await firstSplit(repo, ourRefs, theirRefs) : undefined;
    if (first === undefined) return NOTHING_TO_UNITE;
    return withBackup(repo, ourRefs, movedTo(ourRefs, first.v2), { isReplaced: false });
  }
  const objects = new ObjectOverlay(repo);
  const staged = stagedRepository(repo, objects);
  const theirs = await readSide(staged, objects, theirRefs);
  if (theirs === undefined) return NOTHING_TO_UNITE;
  const ours = await readSide(staged, objects, ourRefs);
  if (ours === undefined) return withBackup(repo, ourRefs, movedTo(ourRefs, theirs.refs.v2), { isReplaced: false });
  const united = idOf(before, MAIN_REF);
  const rewriting = await findRewriting(repo, { ours: ours.main, theirs: theirs.main, united });
  // Where there is a V1, V2 follows from it, and who rebuilds V2 rewrites it.
  if (rewriting?.where === 'here' && idOf(ourRefs, BRANCH_REF) === undefined)
    return { ...NOTHING_TO_UNITE, warnings: [keptWarning(MAIN_REF, remote)] };
  const size = await chooseSize(repo, { asked, theirs: theirs.refs.manifest });
  const earlier = rewriting === undefined ? undefined : await readSide(staged, objects, before);
  if (rewriting?.where === 'there' && earlier !== undefined) {
    const put = await putOnRewrittenSplit(staged, objects, { ours, theirs, earlier }, size);
    return stored(repo, objects, await takenOver(repo, remote, ourRefs, put));
  }
  const sides = await orderSides(repo, ours, theirs);
  const inner = await firstContained(sides.first, sides.second, sides.kind);
  if (inner !== undefined) {
    const outer = inner === ours ? theirs : ours;
    const updates = outer === ours ? [] : takeOver(ourRefs, outer.refs.v2);
    return withBackup(repo, ourRefs, updates, { isReplaced: false });
  }
  const content = await uniteContent(staged, objects, sides);
  const generations = await placeGenerations(staged, objects, { sides, content, ours: ours.refs, size });
  const updates = [...generations];
  if (content.main !== ours.main) updates.push({ ref: MAIN_REF, old: ours.main, new: content.main });
  const plan = await withBackup(repo, ourRefs, updates, { isReplaced: content.isReplaced, theirs });
  return stored(repo, objects, { ...plan, mergedCheckpoints: content.merged });
}

/** The plan with the staged objects that its refs reach. */
function stored(repo: Repository, objects: ObjectOverlay, plan: UnionPlan): UnionPlan {
  const writer = repo.objectWriter();
  for (const { new: to } of plan.updates) if (to !== null) objects.store(to, writer);
  return { ...plan, writer };
}

/** The moves to a V2 that was rewritten there; all refs of before are kept. */
async function takenOver(
  repo: Repository,
  remote: string,
  ours: readonly Ref[],
  { refs, both }: PutOnSplit,
): Promise<UnionPlan> {
  const updates = takeOver(ours, refs);
  const old = updates.flatMap(({ ref, old: id }) => (id === null ? [] : [[ref, id] as const]));
  const { prefix, updates: backups, warnings } = await backupOf(repo, new Map(old));
  const lines = [
    `${remote} has a V2 that was rewritten, and it is taken over; the one of before is kept under ${prefix}`,
    ...(both.length === 0 ? [] : [bothWarning(both, remote)]),
  ];
  const moved = updates.map((update): UnitedRef => {
    const change = update.new === null ? 'deleted' : update.old === null ? 'created' : 'taken-over';
    return { ...update, layout: 'v2', change };
  });
  const all = [...backups, ...updates];
  return { updates: all, refs: moved, mergedCheckpoints: both, backup: prefix, warnings: [...lines, ...warnings] };
}

/** The one of two V2s that the other one contains; of two that contain each other that which comes first. */
async function firstContained(
  first: SplitSide,
  second: SplitSide,
  kind: Parameters<typeof isContained>[2],
): Promise<SplitSide | undefined> {
  if (await isContained(first, second, kind)) return first;
  return kind === 'same' && (await isContained(second, first, kind)) ? second : undefined;
}

/** True where there is nothing there, or V1 gives V2: both are projections of the V1 that is here, or of an earlier one. */
async function followsFromBranch(repo: Repository, ours: readonly Ref[], theirs: readonly Ref[]): Promise<boolean> {
  const [v1, our, their] = [idOf(ours, BRANCH_REF), idOf(ours, MAIN_REF), idOf(theirs, MAIN_REF)];
  if (their === undefined) return true;
  if (v1 === undefined) return false;
  for (const main of [our, their]) {
    const origin = main === undefined ? undefined : await readOrigin(repo, main);
    if (main !== undefined && origin === undefined) return false;
    // Of a V1 that is not here nothing is known. One that was rewritten is: V2 follows the one that is here.
    if (origin !== undefined && (await repo.absentObjects([origin])).size > 0) return false;
  }
  return true;
}

/** The moves that make V2 here the other one. Archives that it lacks have been pruned there, or hold nothing any more. */
function takeOver(ours: readonly Ref[], theirs: ReadonlyMap<RefName, ObjectId>): RefUpdate[] {
  const gone = ours.filter(({ name }) => generationNumber(name) !== undefined && !theirs.has(name));
  return [...movedTo(ours, theirs), ...gone.map(({ name, id }): RefUpdate => ({ ref: name, old: id, new: null }))];
}

/** The moves that bring here what the other one has. */
function movedTo(ours: readonly Ref[], theirs: ReadonlyMap<RefName, ObjectId>): RefUpdate[] {
  const updates = [...theirs].map(([ref, id]): RefUpdate => ({ ref, old: idOf(ours, ref) ?? null, new: id }));
  return updates.filter((update) => update.old !== update.new);
}
