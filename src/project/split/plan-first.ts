import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../../checkpoint/created-at.ts';
import { assign, pick } from '../../generations/assign.ts';
import { generationSpan } from '../../generations/generation.ts';
import { materialize } from '../../generations/materialize.ts';
import { createdAtOf } from '../../generations/times.ts';
import { IdMap } from '../../git/id-table.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { WalkedCommit } from '../../git/repository.ts';
import { allFolders } from '../../layout/checkpoint-walk.ts';
import { findStrays } from '../../layout/outside.ts';
import { CURRENT_REF, generationName, generationRef, MAIN_REF, MANIFEST_REF } from '../../layout/ref-names.ts';
import { type BranchSurvey, surveyBranch } from '../../layout/survey.ts';
import { ArrivalOrder } from '../arrival-order.ts';
import type { FullTrees } from '../full-trees.ts';
import { foldersOf, type ProjectedCheckpoint, type ProjectedRoot, Projection } from '../projection.ts';
import { assertNotPromised } from '../promised-metadata.ts';
import { type CarriedOver, carryOver } from './carry-over.ts';
import { keepPruned } from './keep-pruned.ts';
import { type MigrationPlan, type PlanContext, sessionsInSurvey } from './plan-context.ts';
import { phasesToCome } from './plan-phases.ts';
import { projectCommits } from './project-commits.ts';

/** V1's whole history on `main`, and which checkpoints' transcripts are to be placed, in the order of their arrival. */
export interface ProjectedHistory {
  readonly main: ObjectId;
  readonly commits: number;
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  readonly fullTrees: FullTrees;
  /** The checkpoints at the tip that have something for `full/*`. */
  readonly arrivals: readonly CheckpointId[];
  /** V1's root tree at its tip. */
  readonly tip: ProjectedRoot;
}

/** Projects all of V1's history. Throws `ShallowHistoryError` where a part of it was never fetched. */
export async function projectHistory(context: PlanContext): Promise<ProjectedHistory> {
  const { repo, v1, writer, onEvent } = context;
  onEvent(phasesToCome('projecting'));
  onEvent({ kind: 'phase', phase: 'walk history' });
  const commits = await repo.walk({ tips: [v1.id] });
  const chain = firstParentChain(commits, v1.id);
  const projection = new Projection(repo, writer);
  const order = new ArrivalOrder(projection);
  const images = new IdMap(repo.objectFormat);
  const onRoot = ({ id }: WalkedCommit, root: ProjectedRoot) => {
    if (chain.has(id)) order.visit(root);
  };
  const tip = await projectCommits(context, { projection, commits, images, onRoot });
  const main = images.get(v1.id);
  if (tip === undefined || main === undefined) throw new Error(`the walk of V1 did not reach its tip ${v1.id}`);
  const checkpoints = new Map(projection.checkpoints(tip));
  const arrivals = order.list().filter((id) => checkpoints.get(id)?.full);
  return { main, commits: commits.length, checkpoints, fullTrees: projection.fullTrees, arrivals, tip };
}

/** Plans a first migration, or a rebuild: refs that differ from the fresh projection are replaced, others deleted. */
export async function planFirst(context: PlanContext, mode: 'first' | 'rebuild'): Promise<MigrationPlan> {
  const { repo, refs, v1, writer, onEvent } = context;
  // The survey reads V1's tip while the history is projected, so that neither waits for git alone.
  const surveying = allFolders(repo, v1.id).then((folders) => surveyBranch(repo, folders));
  surveying.catch(() => undefined); // awaited below, or the projection has failed already
  const history = await projectHistory(context);
  onEvent({ kind: 'phase', phase: 'survey checkpoints' });
  const survey = await surveying;
  await assertNotPromised(repo, survey.absentMetadata);
  const { carried, warnings } =
    mode === 'rebuild'
      ? await carryOver(context, history.main, foldersOf(history.checkpoints))
      : { carried: undefined, warnings: [] };
  const { archives, current, updates, kept } = await makeGenerations(context, history, survey, carried);
  const wanted = new Set([...archives.keys()].map(generationRef));
  for (const ref of [CURRENT_REF, MAIN_REF]) wanted.add(ref);
  // The manifest is made again as well: of what was pruned it has only what is not projected afresh.
  const hasManifest = archives.size > 0 || kept.changes.length > 0 || context.sizeRecord !== undefined;
  if (hasManifest) wanted.add(MANIFEST_REF);
  const gone = [...refs.v2].filter(([ref]) => !wanted.has(ref)).map(([ref, old]) => ({ ref, old, new: null }));
  const main = { ref: MAIN_REF, old: refs.v2.get(MAIN_REF) ?? null, new: carried?.main ?? history.main };
  const moved = [...gone, ...updates, ...(main.old === main.new ? [] : [main])];
  const strays = await findStrays(repo, history.tip.entries);
  return {
    status: moved.length === 0 ? 'up-to-date' : 'planned',
    mode,
    v1,
    updates: moved,
    writer,
    counts: {
      commits: history.commits,
      checkpoints: history.checkpoints.size,
      sessions: sessionsInSurvey(survey),
      generations: archives.size,
      changedGenerations: archives.size,
      currentCheckpoints: current.length,
    },
    oddities: [...survey.oddities, ...strays],
    backup: null,
    warnings: [...warnings, ...kept.warnings],
  };
}

/** Makes all generations of what has arrived; what is carried over comes last. */
async function makeGenerations(
  context: PlanContext,
  history: ProjectedHistory,
  survey: BranchSurvey,
  carried: CarriedOver | undefined,
) {
  const { repo, state, writer, maxCheckpoints: max, sizeRecord, onEvent } = context;
  const onBranch = createdAtOf(survey);
  const createdAt: CreatedAtLookup = (id) => (carried?.full.has(id) ? carried.createdAt(id) : onBranch(id));
  const full = new Map([...history.fullTrees.store(writer, history.checkpoints), ...(carried?.full ?? [])]);
  const arrivals = [...new Set([...history.arrivals, ...(carried?.arrivals.filter((id) => full.has(id)) ?? [])])];
  const assignment = assign({ arrivals, max, next: 1 });
  const total = Math.ceil(arrivals.length / max);
  onEvent({ kind: 'phase', phase: 'build generations', total });
  const sources = {
    repo,
    sink: writer,
    state,
    main: undefined,
    sizeRecord,
    spanOf: (ids: readonly CheckpointId[]) => generationSpan(ids, createdAt),
    onArchive: (number: number, done: number) =>
      onEvent({ kind: 'progress', phase: 'build generations', done, total, generation: generationName(number) }),
  };
  const kept = await keepPruned(context, full, assignment.archives);
  const { updates } = await materialize(sources, {
    archives: [...assignment.archives].map(([number, ids]) => ({ number, checkpoints: pick(full, ids) })),
    current: { checkpoints: pick(full, assignment.current) },
    changes: kept.changes,
  });
  return { ...assignment, updates, kept };
}

/** The commits of the first-parent chain that ends at `tip`. */
export function firstParentChain(commits: readonly WalkedCommit[], tip: ObjectId): Set<ObjectId> {
  const firstParents = new Map(commits.map(({ id, parents }) => [id, parents[0]]));
  const chain = new Set<ObjectId>();
  for (let id: ObjectId | undefined = tip; id !== undefined && firstParents.has(id); id = firstParents.get(id)) {
    chain.add(id);
  }
  return chain;
}
