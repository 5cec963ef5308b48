import { lastTrailer, SOURCE_TIP_TRAILER } from '../../checkpoint/commit-message.ts';
import { parseCommit } from '../../git/commit.ts';
import { treeOfCommit } from '../../git/commit-trees.ts';
import { isObjectId, type ObjectId, type RefName } from '../../git/object-id.ts';
import { ObjectOverlay } from '../../git/object-overlay.ts';
import { readTree } from '../../git/read-trees.ts';
import type { RefUpdate } from '../../git/repository.ts';
import { MAIN_REF, MANIFEST_REF } from '../../layout/ref-names.ts';
import { Projection } from '../projection.ts';
import { assertNotPromised } from '../promised-metadata.ts';
import { readCommit } from '../relation.ts';
import { findMissing, type Missing } from './foreign/find-missing.ts';
import { readForeignSplit } from './foreign/foreign-split.ts';
import { mergeOutside, placeFolders } from './foreign/place-folders.ts';
import { readTipStamp, tipCommit } from './foreign/tip-commit.ts';
import { updateForeignGenerations } from './foreign/update-generations.ts';
import { NO_COUNTS } from './outcome.ts';
import { type MigrationPlan, type PlanContext, sessionsInSurvey, surveyCheckpoints } from './plan-context.ts';
import { phasesToCome } from './plan-phases.ts';

/** What a repair mends besides in such a V2: there V1 counts, where V2 has something else. */
export interface ForeignMending {
  /** The generations whose `generation.json` is wrong, or one too many. */
  readonly remade: ReadonlySet<RefName>;
  /** The archives that are lost, or hold nothing: what was in them goes to `full/current`. */
  readonly emptied: readonly number[];
}

/**
 * Plans on top of a V2 that something else wrote: what it lacks is added in one commit on top of `main`, what it has stays.
 * Transcripts go where the checkpoint already lies, else to `full/current`. Where nothing is missing nothing moves, so that
 * a program which goes on writing V2 and this one do not pile up empty commits in turns; such a run compares V1's tip again,
 * not its history (600 checkpoints of which each differs: 0.6 s).
 */
export async function planForeign(context: PlanContext, mending?: ForeignMending): Promise<MigrationPlan> {
  const { repo, refs, state, v1, writer, onEvent } = context;
  if (refs.main === undefined) throw new Error('there is no main to add to');
  const addedUpTo = await earlierTip(context, refs.main);
  if (addedUpTo !== undefined && addedUpTo !== v1.id && (await repo.isAncestor(v1.id, addedUpTo))) {
    return { ...plan(context), status: 'v2-ahead' };
  }
  const base = mending === undefined ? await baseOf(context, addedUpTo) : undefined;
  const trees = new ObjectOverlay(repo);
  const branchTree = await treeOfCommit(repo, v1.id);
  onEvent(phasesToCome('adding'));
  onEvent({ kind: 'phase', phase: 'project commits', total: 1 });
  const { tip, before, expected } = await projectTips(context, trees, branchTree, base);
  const found = await readForeignSplit(repo, refs.main, state);
  // Verify has reported already what was pruned, and what is only missing.
  const v2 = mending === undefined ? found : { ...found, hasGaps: false };
  const missing = await findMissing(context, trees, v2, expected, { takesLost: mending !== undefined });
  const placed = await placeFolders(trees, v2.main.tree, missing.main);
  const outside = mending === undefined ? before?.main : trees.addTree([]);
  const main = await mergeOutside(trees, placed, tip.main, outside);
  const stamp = await readTipStamp(repo, v1);
  onEvent({ kind: 'phase', phase: 'build generations' });
  const generations = await updateForeignGenerations(context, trees, {
    v2,
    folders: missing.full,
    branchRoot: await readTree(repo, branchTree),
    isInV1: (id) => expected.tip.has(id),
    stamp,
    remade: mending?.remade ?? new Set(),
    emptied: mending?.emptied ?? [],
  });
  const updates: RefUpdate[] = [...generations.updates];
  const isMainChanged = main.id !== v2.main.tree;
  const isAdded = updates.some(({ ref }) => ref !== MANIFEST_REF);
  if (isMainChanged || (isAdded && addedUpTo !== v1.id)) {
    const subject = mending === undefined ? 'Add checkpoints missing from V2' : 'Repair V2';
    const commit = tipCommit(stamp, subject, main.id, refs.main);
    updates.push({ ref: MAIN_REF, old: refs.main, new: trees.add('commit', commit) });
  }
  for (const update of updates) if (update.new !== null) trees.store(update.new, writer);
  const survey = await surveyCheckpoints(context, missing.changed);
  const isKept = missing.keptFiles + missing.keptTranscripts + main.kept + missing.gone > 0;
  return {
    ...plan(context),
    status: updates.length > 0 ? 'planned' : isKept ? 'differs' : 'up-to-date',
    updates,
    counts: {
      commits: 0,
      checkpoints: missing.changed.size,
      sessions: sessionsInSurvey(survey),
      generations: refs.archives.length + generations.rotated,
      changedGenerations: generations.changed,
      currentCheckpoints: generations.currentCheckpoints,
    },
    oddities: survey.oddities,
    warnings: [...warningsOf(missing, main.kept), ...generations.warnings],
  };
}

/** The images of V1's tip and of the tip that V2 was last added up to (`base`, a tree), and their checkpoints, each with its trees at hand. */
async function projectTips(
  { repo }: PlanContext,
  trees: ObjectOverlay,
  branchTree: ObjectId,
  base: ObjectId | undefined,
) {
  const projection = new Projection(repo, trees);
  const [tip, before] = await projection.projectRoots(base === undefined ? [branchTree] : [branchTree, base]);
  if (tip === undefined) throw new Error('V1 was not projected');
  await assertNotPromised(repo, projection.absentSummaries);
  const checkpointsOf = (root: typeof tip) => {
    const checkpoints = new Map(projection.checkpoints(root));
    projection.fullTrees.store(trees, checkpoints);
    return checkpoints;
  };
  const expected = { tip: checkpointsOf(tip), base: before === undefined ? undefined : checkpointsOf(before) };
  return { tip, before, expected };
}

function plan({ v1, writer }: PlanContext): MigrationPlan {
  const none = { updates: [], counts: NO_COUNTS, oddities: [], backup: null, warnings: [] };
  return { status: 'up-to-date', mode: 'foreign', v1, writer, ...none };
}

/** The V1 commit up to which an earlier migration has added everything, where nobody has written to `main` since. */
async function earlierTip({ repo }: PlanContext, main: ObjectId): Promise<ObjectId | undefined> {
  const content = await readCommit(repo, { name: MAIN_REF, id: main }, 'Fetch the V2 refs again');
  const value = lastTrailer(parseCommit(content).message, SOURCE_TIP_TRAILER);
  return value !== undefined && isObjectId(value) ? value : undefined;
}

/**
 * V1's tree at that commit: only what has changed since is looked at, and takes the place of what V2 has. `undefined` where
 * V1 does not have that commit or nothing else, or `full/current` was lost since, so that everything has to be compared.
 */
async function baseOf({ repo, refs, v1 }: PlanContext, addedUpTo: ObjectId | undefined): Promise<ObjectId | undefined> {
  if (addedUpTo === undefined || addedUpTo === v1.id || refs.current === undefined) return undefined;
  return (await repo.isAncestor(addedUpTo, v1.id)) ? treeOfCommit(repo, addedUpTo) : undefined;
}

function warningsOf(missing: Missing, keptOutside: number): string[] {
  const { gone, keptTranscripts, summariesLeft } = missing;
  const keptFiles = missing.keptFiles + keptOutside;
  const warnings = [
    [
      gone,
      `checkpoints whose transcripts are in no generation: archives were deleted, so they count as pruned and were not added again (ckpt repair brings back what V1 has)`,
    ],
    [
      keptTranscripts,
      `transcripts that differ from V1's: V2's were kept (ckpt verify names them, ckpt repair takes V1's)`,
    ],
    [keptFiles, `files on main that differ from V1's: V2's were kept (ckpt verify names them, ckpt repair takes V1's)`],
    [summariesLeft, `summaries on main that can't be edited: they don't list the sessions that were added`],
  ] as const;
  return warnings.flatMap(([count, what]) => (count === 0 ? [] : [`In V2: ${count} ${what}`]));
}
