import { chooseSize } from '../../../generations/size.ts';
import { executePlan } from '../../../git/execute-plan.ts';
import { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Ref, RefUpdate, Repository } from '../../../git/repository.ts';
import { stagedRepository } from '../../../git/staged-repository.ts';
import { generationNumber, V1_REF, V2_MAIN_REF } from '../../../layout/ref-names.ts';
import { readOrigin } from '../../../project/commit-image.ts';
import type { United } from '../../result.ts';
import type { UniteOptions } from '../unite-options.ts';
import { isContained, orderSides } from './order-sides.ts';
import { placeGenerations } from './place-generations.ts';
import { idOf, NOTHING_TO_UNITE, readBothRefs, type UnionPlan, withBackup } from './union-plan.ts';
import { uniteContent } from './unite-content.ts';
import { readSide, type V2Side } from './v2-side.ts';

/**
 * Unites the V2 that is here with that of a remote, as it was fetched, where not both are projections of the V1 that is here: by what they
 * hold, `main` as V1 is united, generations so that nothing lies in two. What comes of it follows from the two V2s alone.
 */
export async function uniteV2(repo: Repository, options: Omit<UniteOptions, 'seenBefore'>): Promise<United> {
  const { remote, onEvent } = options;
  return executePlan(repo, () => planUnion(repo, options), { message: `ckpt fetch: ${remote}`, onEvent });
}

async function planUnion(
  repo: Repository,
  { remote, askedMaxCheckpoints: asked }: Omit<UniteOptions, 'seenBefore'>,
): Promise<UnionPlan> {
  const { ours: ourRefs, theirs: theirRefs } = await readBothRefs(repo, remote);
  if (await followsFromV1(repo, ourRefs, theirRefs)) return NOTHING_TO_UNITE;
  const objects = new ObjectOverlay(repo);
  const staged = stagedRepository(repo, objects);
  const theirs = await readSide(staged, objects, theirRefs);
  if (theirs === undefined) return NOTHING_TO_UNITE;
  const ours = await readSide(staged, objects, ourRefs);
  if (ours === undefined) return withBackup(repo, ourRefs, moved(ourRefs, theirs), { isReplaced: false });
  const sides = await orderSides(repo, ours, theirs);
  const inner = await firstContained(sides.first, sides.second, sides.kind);
  if (inner !== undefined) {
    const outer = inner === ours ? theirs : ours;
    return withBackup(repo, ourRefs, outer === ours ? [] : takeOver(ourRefs, outer), { isReplaced: false });
  }
  const content = await uniteContent(staged, objects, sides);
  const size = await chooseSize(repo, { asked, theirs: theirs.refs.manifest });
  const generations = await placeGenerations(staged, objects, { sides, content, ours: ours.refs, size });
  const updates = [...generations];
  if (content.main !== ours.main) updates.push({ ref: V2_MAIN_REF, old: ours.main, new: content.main });
  const writer = repo.objectWriter();
  for (const update of updates) if (update.new !== null) objects.store(update.new, writer);
  const plan = await withBackup(repo, ourRefs, updates, { isReplaced: content.isReplaced, theirs });
  return { ...plan, writer, mergedCheckpoints: content.merged };
}

/** The one of two V2s that the other one contains; of two that contain each other that which comes first. */
async function firstContained(
  first: V2Side,
  second: V2Side,
  kind: Parameters<typeof isContained>[2],
): Promise<V2Side | undefined> {
  if (await isContained(first, second, kind)) return first;
  return kind === 'same' && (await isContained(second, first, kind)) ? second : undefined;
}

/** True where there is nothing there, or V1 gives V2: both are projections of the V1 that is here, or of an earlier one. */
async function followsFromV1(repo: Repository, ours: readonly Ref[], theirs: readonly Ref[]): Promise<boolean> {
  const [v1, our, their] = [idOf(ours, V1_REF), idOf(ours, V2_MAIN_REF), idOf(theirs, V2_MAIN_REF)];
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
function takeOver(ours: readonly Ref[], theirs: V2Side): RefUpdate[] {
  const gone = ours.filter(({ name }) => generationNumber(name) !== undefined && !theirs.refs.v2.has(name));
  return [...moved(ours, theirs), ...gone.map(({ name, id }): RefUpdate => ({ ref: name, old: id, new: null }))];
}

/** The moves that bring here what the other one has. */
function moved(ours: readonly Ref[], { refs }: V2Side): RefUpdate[] {
  const updates = [...refs.v2].map(([ref, id]): RefUpdate => ({ ref, old: idOf(ours, ref) ?? null, new: id }));
  return updates.filter((update) => update.old !== update.new);
}
