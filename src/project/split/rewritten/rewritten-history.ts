import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { parseCommit } from '../../../git/commit.ts';
import { rootsOfCommits, treeOfCommit } from '../../../git/commit-trees.ts';
import { BadObjectError } from '../../../git/errors.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { Repository, WalkedCommit } from '../../../git/repository.ts';
import { allFolders, foldersAt } from '../../../layout/checkpoint-walk.ts';
import { changesBetween } from '../../../layout/history.ts';
import { foldersOf, hashingSink, type ProjectedRoot, Projection } from '../../projection.ts';
import { isRepairCommit } from '../../repair-commit.ts';
import type { PlanContext } from '../plan-context.ts';
import { firstParentChain, projectHistory } from '../plan-first.ts';
import { type EarlierRun, imagesOfParents } from '../plan-incremental.ts';
import { phasesToCome } from '../plan-phases.ts';
import { projectCommits } from '../project-commits.ts';
import type { FolderPair } from './find-lost.ts';

/** What a V1 that was rewritten has become. */
export interface RewrittenHistory {
  /** The commit of the projection of the new V1. */
  readonly main: ObjectId;
  /** V1 commits that were projected. */
  readonly commits: number;
  readonly tip: ProjectedRoot;
  /** The last V1 commit that the first-parent chains of both histories have; `undefined` where they have none, or its image is not one. */
  readonly fork: ObjectId | undefined;
  /** The folders of all checkpoints that may differ between both tips. */
  readonly pairs: ReadonlyMap<CheckpointId, FolderPair>;
  /** Checkpoints that the old V1 got after the fork: their places in the order of arrival may be others now. `undefined`: all. */
  readonly arrived: ReadonlySet<CheckpointId> | undefined;
  /** Whether both have no commit in common: then nothing says what of a checkpoint was written since, and what was rewritten. */
  readonly isUnrelated: boolean;
  /** The checkpoints at the tip that have something for `full/*`, in the order of their arrival: known where all of V1 was projected. */
  readonly arrivals?: readonly CheckpointId[];
}

/**
 * Projects a V1 that was rewritten: from the fork on, where the old history is here still and leads straight to it, so that the cost
 * depends on what was rewritten; else all of it.
 */
export async function projectRewritten(context: PlanContext, earlier: EarlierRun): Promise<RewrittenHistory> {
  const { repo } = context;
  const [origin] = await repo.objectInfo([earlier.v1]);
  const isHere = origin?.type === 'commit';
  const forked = isHere ? await findFork(context, earlier) : undefined;
  if (forked !== undefined) return projectSince(context, earlier, forked);
  const history = await projectHistory(context);
  const before = isHere ? await allFolders(repo, earlier.v1) : undefined;
  const now = foldersOf(history.checkpoints);
  // Without the old V1, what `main` has of it says which checkpoints and sessions there were.
  const known = before ?? (await allFolders(repo, earlier.main));
  const pairs = pairsOf(new Set([...known.keys(), ...now.keys()]), known, now);
  const isUnrelated = !isHere || (await countOfNew(context, earlier)) === history.commits;
  return { ...history, fork: undefined, pairs, arrived: undefined, isUnrelated };
}

/** How many commits V1 has that it did not have before. */
async function countOfNew({ repo, v1 }: PlanContext, earlier: EarlierRun): Promise<number> {
  return (await repo.walk({ tips: [v1.id], exclude: [earlier.v1] })).length;
}

/** Where the first-parent chains of both histories part, and what comes after it in the new one. */
interface Fork {
  readonly v1: ObjectId;
  readonly commits: readonly WalkedCommit[];
  /** The images of the parents that the new commits have among those that were there, the fork's among them. */
  readonly images: Map<ObjectId, ObjectId>;
}

/**
 * What came up to the fork came in the same order in both histories: that order follows from the chains of first parents alone,
 * whatever else was merged.
 */
async function findFork(context: PlanContext, earlier: EarlierRun): Promise<Fork | undefined> {
  const { repo, v1, onEvent } = context;
  onEvent(phasesToCome('projecting'));
  onEvent({ kind: 'phase', phase: 'walk history' });
  if (earlier.v1 === v1.id) return { v1: v1.id, commits: [], images: new Map([[v1.id, earlier.main]]) };
  const commits = await repo.walk({ tips: [v1.id], exclude: [earlier.v1] });
  const fork = await meetingOf(repo, earlier.v1, baseOfChain(commits, v1.id));
  if (fork === undefined) return undefined;
  const images = await imagesOf(context, commits, earlier, fork);
  return images === undefined ? undefined : { v1: fork, commits, images };
}

/** The commit that a first-parent chain leads to out of these commits. */
function baseOfChain(commits: readonly WalkedCommit[], tip: ObjectId): ObjectId | undefined {
  const chain = firstParentChain(commits, tip);
  const last = commits.find(({ id }) => chain.has(id));
  return last?.parents[0];
}

/**
 * The last commit that the first-parent chains of two commits have, the second of which the first one contains. In turns each chain is
 * followed to the first commit of it that the other side contains: older each time, until both are the same.
 */
async function meetingOf(repo: Repository, one: ObjectId, other: ObjectId | undefined): Promise<ObjectId | undefined> {
  let [above, below] = [one, other];
  while (below !== undefined && above !== below) {
    const chain = await repo.walk({ tips: [above], exclude: [below], firstParent: true });
    [above, below] = [below, baseOfChain(chain, above)];
  }
  return below;
}

/** The images of the fork and of what new commits go on from; `undefined` where one has none, or where a repair stands in for it. */
async function imagesOf(
  context: PlanContext,
  commits: readonly WalkedCommit[],
  earlier: EarlierRun,
  fork: ObjectId,
): Promise<Map<ObjectId, ObjectId> | undefined> {
  try {
    const images = await imagesOfParents(context, commits, earlier, fork);
    const used = new Set([fork, ...commits.flatMap((one) => one.parents)]);
    const objects = await context.repo.readObjects([...used].flatMap((id) => images.get(id) ?? []));
    const isProjected = objects.every((one) => one !== undefined && !isRepairCommit(parseCommit(one.content)));
    return isProjected ? images : undefined;
  } catch (error) {
    if (error instanceof BadObjectError) return undefined;
    throw error;
  }
}

async function projectSince(context: PlanContext, earlier: EarlierRun, fork: Fork): Promise<RewrittenHistory> {
  const { repo, v1, writer } = context;
  const { commits, images } = fork;
  const image = images.get(fork.v1);
  if (image === undefined) throw new Error(`the V1 commit ${fork.v1} has no image`);
  const projection = new Projection(repo, writer);
  const base = await projection.startFrom(await treeOfCommit(repo, fork.v1), await treeOfCommit(repo, image));
  const tip = (await projectCommits(context, { projection, commits, images })) ?? base;
  const roots = await rootsOfCommits(repo, [fork.v1, earlier.v1]);
  const [forkRoot = [], oldRoot = []] = roots;
  const sinceFork = [oldRoot, tip.entries].map((after) => ({ before: forkRoot, after }));
  const touched = new Set((await changesBetween(repo, sinceFork)).flatMap((changes) => [...changes.keys()]));
  const before = await foldersAt(repo, oldRoot, touched);
  const pairs = pairsOf(touched, before, await foldersAt(repo, tip.entries, touched));
  const arrived = await arrivedSince(context, before, await foldersAt(repo, forkRoot, touched));
  return {
    main: images.get(v1.id) ?? image,
    commits: commits.length,
    tip,
    fork: fork.v1,
    pairs,
    arrived,
    isUnrelated: false,
  };
}

/** The checkpoints that have something for `full/*` now and had nothing at the fork. */
async function arrivedSince(
  { repo }: PlanContext,
  old: ReadonlyMap<CheckpointId, ObjectId>,
  fork: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<Set<CheckpointId>> {
  const projection = new Projection(repo, hashingSink(repo.objectFormat));
  const atFork = await projection.projectCheckpoints(fork);
  const atOld = await projection.projectCheckpoints(old);
  return new Set([...atOld].flatMap(([id, { full }]) => (full && !atFork.get(id)?.full ? [id] : [])));
}

function pairsOf(
  ids: Iterable<CheckpointId>,
  before: ReadonlyMap<CheckpointId, ObjectId>,
  now: ReadonlyMap<CheckpointId, ObjectId>,
): Map<CheckpointId, FolderPair> {
  return new Map([...ids].map((id) => [id, { before: before.get(id), now: now.get(id) }]));
}
