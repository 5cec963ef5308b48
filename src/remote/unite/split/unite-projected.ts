import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { greatest } from '../../../checkpoint/greatest.ts';
import { GenerationState } from '../../../generations/generation-state.ts';
import { chooseSize } from '../../../generations/size.ts';
import { treeOfCommit } from '../../../git/commit-trees.ts';
import { executePlan } from '../../../git/execute-plan.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Ref, Repository } from '../../../git/repository.ts';
import { stagedRepository } from '../../../git/staged-repository.ts';
import { allFolders } from '../../../layout/checkpoint-walk.ts';
import { layoutRefsAmong } from '../../../layout/layout-refs.ts';
import { BRANCH_REF, MAIN_REF } from '../../../layout/ref-names.ts';
import { arrivalOrderOf } from '../../../project/arrival-lookup.ts';
import { readOrigin } from '../../../project/commit-image.ts';
import { Projection } from '../../../project/projection.ts';
import type { United } from '../../result.ts';
import type { UniteOptions } from '../unite-options.ts';
import { orderSides } from './order-sides.ts';
import { placeGenerations } from './place-generations.ts';
import { readSide, type SplitSide } from './split-side.ts';
import { idOf, NOTHING_TO_UNITE, readBothRefs, type UnionPlan, withBackup } from './union-plan.ts';
import type { UnitedContent } from './unite-content.ts';

/**
 * Unites the generations of two projections of V1 where archives were pruned, brought back, or made with fewer checkpoints: V1 gives every
 * clone the same archives, and says nothing of that. Up to the last such archive the generations of both are united as they are; what comes after them follows
 * from V1. What goes is kept under `refs/ckpt/backup/`.
 */
export async function uniteProjected(repo: Repository, options: Omit<UniteOptions, 'seenBefore'>): Promise<United> {
  const { remote, onEvent } = options;
  return executePlan(repo, () => planProjected(repo, options), { message: `ckpt fetch: ${remote}`, onEvent });
}

async function planProjected(
  repo: Repository,
  { remote, askedMaxCheckpoints: asked }: Omit<UniteOptions, 'seenBefore'>,
): Promise<UnionPlan> {
  const { ours: ourRefs, theirs: theirRefs } = await readBothRefs(repo, remote);
  const origin = await originOfTheirs(repo, ourRefs, theirRefs);
  if (origin === undefined) return NOTHING_TO_UNITE;
  const [our, their] = [layoutRefsAmong(ourRefs), layoutRefsAmong(theirRefs)];
  const size = await chooseSize(repo, { asked, theirs: their.manifest });
  const states = [new GenerationState(repo, our), new GenerationState(repo, their)] as const;
  const [ourTouched, theirTouched] = [
    await states[0].touched(size.maxCheckpoints),
    await states[1].touched(size.maxCheckpoints),
  ];
  const last = greatest([...ourTouched, ...theirTouched], 0);
  const isAgreed = last === 0 || (await areUnited(repo, origin, states, last));
  if (isAgreed && !(await differAfter(repo, origin, states, { last, size: size.maxCheckpoints })))
    return NOTHING_TO_UNITE;
  const objects = new ObjectOverlay(repo);
  const staged = stagedRepository(repo, objects);
  const [ours, theirs] = [await readSide(staged, objects, ourRefs), await readSide(staged, objects, theirRefs)];
  if (ours === undefined || theirs === undefined) return NOTHING_TO_UNITE;
  const content = await contentOf(staged, objects, ours, origin);
  const v1 = origin.ours;
  const inOrder = (ids: readonly CheckpointId[]) => arrivalOrderOf(repo, v1, new Set(ids));
  const sides = await orderSides(repo, ours, theirs);
  const touched = (side: SplitSide) => (side === ours ? ourTouched : theirTouched);
  const from = { sides, content, ours: ours.refs, size, afterwards: { last, inOrder, touched } };
  const updates = await placeGenerations(staged, objects, from);
  const writer = repo.objectWriter();
  for (const update of updates) if (update.new !== null) objects.store(update.new, writer);
  return { ...(await withBackup(repo, ourRefs, updates, { isReplaced: false, theirs })), writer };
}

/**
 * Whether there is nothing to unite: both have the same archives up to the last one that V1 does not give, and know the same of them, but for
 * archives that the remote has until somebody deletes them there. What comes after follows from V1 then, which went on as usual. Reads
 * manifests and `full/current`, and no archive.
 */
async function areUnited(
  repo: Repository,
  origin: Origins,
  [ours, theirs]: readonly [GenerationState, GenerationState],
  last: number,
): Promise<boolean> {
  const [our, their] = [ours.refs, theirs.refs];
  if (!(await haveSameArchives(repo, ours, theirs, last))) return false;
  if (our.main === their.main && our.current === their.current && our.manifest === their.manifest) return true;
  if (origin.ours !== origin.theirs && !(await repo.isAncestor(origin.theirs, origin.ours))) return false;
  return !(await isOutOfPlace(ours, last)) && !(await isOutOfPlace(theirs, last));
}

/**
 * Whether what comes after an archive may lie elsewhere than V1 alone gives it: a checkpoint that was pruned and is there again has its place
 * by V1's order among all of it, and the number of an archive of which nothing is left is given again. To know it is to look at all.
 */
async function isOutOfPlace(state: GenerationState, last: number): Promise<boolean> {
  const later = [...(await state.entries())].filter(([number]) => number > last);
  if (later.some(([, { checkpoints }]) => checkpoints.length === 0)) return true;
  const pruned = await state.pruned();
  const current = [...((await state.current())?.checkpoints.keys() ?? [])];
  return [...current, ...later.flatMap(([, { checkpoints }]) => checkpoints)].some((id) => pruned.has(id));
}

/**
 * Whether both were made of one V1 and hold other checkpoints in an archive after the last one that V1 does not give. V1 gives every clone the
 * same archives, but for a checkpoint that it deleted and has again: of a V2 that was there all the while it is new, and where V1 is
 * projected afterwards it is as old as when it came first. Ours may go on from the V1 of theirs, where that is on the chain that
 * says what arrived when; where it is not, what is after the fork has another order.
 */
async function differAfter(
  repo: Repository,
  origin: Origins,
  [ours, theirs]: readonly [GenerationState, GenerationState],
  { last, size }: { readonly last: number; readonly size: number },
): Promise<boolean> {
  if (ours.refs.manifest === theirs.refs.manifest) return false;
  // Where the size was changed, archives are made again by V1 alone.
  if (!(await ours.isOfSize(size)) || !(await theirs.isOfSize(size))) return false;
  const [own, their] = [await ours.entries(), await theirs.entries()];
  const differs = [...own].some(([number, { checkpoints }]) => {
    const others = new Set(their.get(number)?.checkpoints);
    if (number <= last || others.size === 0 || checkpoints.length === 0) return false;
    return checkpoints.length !== others.size || checkpoints.some((id) => !others.has(id));
  });
  if (!differs || origin.ours === origin.theirs) return differs;
  const since = await repo.walk({ tips: [origin.ours], exclude: [origin.theirs], firstParent: true });
  return since[0]?.parents[0] === origin.theirs;
}

/** Whether nothing of V2 here is lost, and both have the same archives up to one, with the same entries. */
async function haveSameArchives(
  repo: Repository,
  ours: GenerationState,
  theirs: GenerationState,
  last: number,
): Promise<boolean> {
  const entries = await ours.entries();
  const [known, others] = [(await ours.manifest()).files, (await theirs.manifest()).files];
  const idsOf = ({ refs }: GenerationState) => new Map(refs.archives.map(({ number, id }) => [number, id]));
  const [own, their] = [idsOf(ours), idsOf(theirs)];
  for (const number of new Set([...known.keys(), ...others.keys(), ...own.keys(), ...their.keys()])) {
    const { isPruned = false, checkpoints = [], tree } = entries.get(number) ?? {};
    const [one, other] = [own.get(number), their.get(number)];
    const isLost = one === undefined && !isPruned && checkpoints.length > 0;
    if (isLost) return false;
    if (number > last) continue;
    if (known.get(number) !== others.get(number)) return false;
    const isLeft = isPruned && one === undefined && other !== undefined;
    if (one !== other && !(isLeft && (await treeOfCommit(repo, other)) === tree)) return false;
  }
  return true;
}

/** The V1 commits that two V2s were made of. */
interface Origins {
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
}

/** The V1 commits that both V2s were made of; `undefined` where not both are projections, and ours of the V1 that is here. */
async function originOfTheirs(
  repo: Repository,
  ours: readonly Ref[],
  theirs: readonly Ref[],
): Promise<Origins | undefined> {
  const [v1, our, their] = [idOf(ours, BRANCH_REF), idOf(ours, MAIN_REF), idOf(theirs, MAIN_REF)];
  if (v1 === undefined || our === undefined || their === undefined) return undefined;
  if ((await readOrigin(repo, our)) !== v1) return undefined;
  const origin = await readOrigin(repo, their);
  if (origin === undefined || (await repo.absentObjects([origin])).size > 0) return undefined;
  return { ours: v1, theirs: origin };
}

/** What V1 gives generations, and what of it has changed since the remote's V2 was made. */
async function contentOf(
  repo: Repository,
  objects: ObjectOverlay,
  ours: SplitSide,
  origin: Origins,
): Promise<UnitedContent> {
  const full = await fullAt(repo, objects, origin.ours);
  const before = origin.ours === origin.theirs ? full : await fullAt(repo, objects, origin.theirs);
  const hasChanged = (side: SplitSide, id: CheckpointId) => side === ours && full.get(id) !== before.get(id);
  const { main, folders } = ours;
  return { main, folders, full, merged: [], isReplaced: false, hasChanged };
}

/** What generations hold of each checkpoint that V1 has at a commit. */
async function fullAt(
  repo: Repository,
  objects: ObjectOverlay,
  v1: ObjectId,
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  const projection = new Projection(repo, objects);
  return projection.fullTrees.store(objects, await projection.projectCheckpoints(await allFolders(repo, v1)));
}
