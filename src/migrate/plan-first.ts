import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import {
  generationSpan,
  generationTree,
  startCommit,
  type WrittenArchive,
  writeArchive,
} from '../generations/generation.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { RefUpdate, WalkedCommit } from '../git/repository.ts';
import { findStrays } from '../layout/outside.ts';
import { generationName, generationRef, V2_CURRENT_REF, V2_MAIN_REF, V2_MANIFEST_REF } from '../layout/ref-names.ts';
import { surveyV1, type V1Survey } from '../layout/survey.ts';
import { ArrivalOrder } from '../project/arrival-order.ts';
import { backfill } from '../project/backfill.ts';
import { allFolders, createdAtOf } from '../project/created-at.ts';
import { type ProjectedCheckpoint, type ProjectedRoot, Projection } from '../project/projection.ts';
import { assertNotPromised } from '../project/promised-metadata.ts';
import { phasesToCome } from './phases.ts';
import { addFullTrees, countSessions, type MigrationPlan, manifestMove, type PlanContext } from './planning.ts';
import type { MigrationCounts } from './result.ts';

/** All of V1, projected afresh: what V2 is when it is made in one go. */
export interface FreshProjection {
  readonly main: ObjectId;
  readonly current: ObjectId;
  /** The archived generations; the first has number 1. */
  readonly archives: readonly WrittenArchive[];
  readonly counts: MigrationCounts;
  readonly oddities: readonly Oddity[];
}

/** V1's whole history on `main`, and which checkpoints' transcripts are to be placed, in the order of their arrival. */
export interface ProjectedHistory {
  readonly main: ObjectId;
  readonly commits: number;
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  /** The checkpoints at the tip that have something for `full/*`. */
  readonly arrivals: readonly CheckpointId[];
  /** V1's root tree at its tip. */
  readonly tip: ProjectedRoot;
}

/** Commits between two reports of progress. */
const PROGRESS_STEP = 50;

/** Projects all of V1's history. Throws `ShallowHistoryError` where a part of it was never fetched. */
export async function projectHistory(context: PlanContext): Promise<ProjectedHistory> {
  const { repo, v1, writer, onEvent } = context;
  onEvent(phasesToCome('projecting'));
  onEvent({ kind: 'phase', phase: 'walk history' });
  const commits = await repo.walk({ tips: [v1.id] });
  const chain = firstParentChain(commits, v1.id);
  const projection = new Projection(repo, writer);
  const order = new ArrivalOrder(projection);
  const images = new Map<ObjectId, ObjectId>();
  let tip: ProjectedRoot | undefined;
  const total = commits.length;
  onEvent({ kind: 'phase', phase: 'project commits', total });
  await backfill({
    repo,
    projection,
    sink: writer,
    commits,
    images,
    onCommit: ({ id }, root, done) => {
      if (chain.has(id)) order.visit(root);
      if (id === v1.id) tip = root;
      if (done % PROGRESS_STEP === 0) onEvent({ kind: 'progress', phase: 'project commits', done, total });
    },
  });
  await assertNotPromised(repo, projection.absentSummaries);
  const main = images.get(v1.id);
  if (tip === undefined || main === undefined) throw new Error(`the walk of V1 did not reach its tip ${v1.id}`);
  const checkpoints = new Map(projection.checkpoints(tip));
  const arrivals = order.list().filter((id) => checkpoints.get(id)?.full);
  return { main, commits: total, checkpoints, arrivals, tip };
}

/** Projects V1 afresh: history, archives and `full/current`. */
export async function projectAfresh(context: PlanContext): Promise<FreshProjection> {
  const { writer, maxCheckpoints, onEvent } = context;
  // The survey reads V1's tip while the history is projected, so that neither waits for git alone.
  const surveying = surveyTip(context);
  surveying.catch(() => undefined); // awaited below, or the projection has failed already
  const history = await projectHistory(context);
  onEvent({ kind: 'phase', phase: 'survey checkpoints' });
  const survey = await surveying;
  await assertNotPromised(context.repo, survey.absentMetadata);
  const createdAt = createdAtOf(survey);
  const full = addFullTrees(writer, history.checkpoints);
  const { arrivals } = history;
  const archived = arrivals.length - (arrivals.length % maxCheckpoints);
  const archives: WrittenArchive[] = [];
  const total = Math.ceil(arrivals.length / maxCheckpoints);
  onEvent({ kind: 'phase', phase: 'build generations', total });
  for (let at = 0; at < archived; at += maxCheckpoints) {
    const checkpoints = pick(full, arrivals.slice(at, at + maxCheckpoints));
    archives.push(
      writeArchive(writer, archives.length + 1, checkpoints, generationSpan(checkpoints.keys(), createdAt)),
    );
    const generation = generationName(archives.length);
    onEvent({ kind: 'progress', phase: 'build generations', done: archives.length, total, generation });
  }
  const rest = arrivals.slice(archived);
  // An empty full/current is dated by the newest of the archives.
  const { newest } = generationSpan(rest.length > 0 ? rest : arrivals, createdAt);
  const current = startCommit(writer, generationTree(writer, pick(full, rest)), newest);
  const counts = {
    commits: history.commits,
    checkpoints: history.checkpoints.size,
    sessions: countSessions(survey),
    generations: archives.length,
    changedGenerations: archives.length,
    currentCheckpoints: rest.length,
  };
  const strays = await findStrays(context.repo, history.tip.entries);
  return { main: history.main, current, archives, counts, oddities: [...survey.oddities, ...strays] };
}

async function surveyTip({ repo, v1 }: PlanContext): Promise<V1Survey> {
  return surveyV1(repo, await allFolders(repo, v1.id));
}

/** Plans a first migration, or a rebuild: refs that differ from the fresh projection are replaced, others deleted. */
export async function planFirst(context: PlanContext, mode: 'first' | 'rebuild'): Promise<MigrationPlan> {
  const fresh = await projectAfresh(context);
  const wanted = new Map<RefName, ObjectId>();
  for (const { number, commit } of fresh.archives) wanted.set(generationRef(number), commit);
  wanted.set(V2_CURRENT_REF, fresh.current);
  // The manifest is made anew as well: what is projected afresh has every generation again, also one that was pruned.
  const changes = fresh.archives.map((archive) => ({ kind: 'archived', ...archive }) as const);
  const none = { ...context.refs, archives: [], main: undefined };
  for (const { new: id } of await manifestMove({ ...context, refs: none }, changes)) {
    if (id !== null) wanted.set(V2_MANIFEST_REF, id);
  }
  wanted.set(V2_MAIN_REF, fresh.main);
  const updates = replaceRefs(context.refs.v2, wanted);
  return {
    status: updates.length === 0 ? 'up-to-date' : 'planned',
    mode,
    v1: context.v1,
    updates,
    writer: context.writer,
    counts: fresh.counts,
    oddities: fresh.oddities,
    backup: null,
    warnings: [],
  };
}

/** The updates that lead from some refs to others. */
function replaceRefs(now: ReadonlyMap<RefName, ObjectId>, wanted: ReadonlyMap<RefName, ObjectId>): RefUpdate[] {
  const gone = [...now].filter(([ref]) => !wanted.has(ref)).map(([ref, old]) => ({ ref, old, new: null }));
  const moved = [...wanted].map(([ref, id]) => ({ ref, old: now.get(ref) ?? null, new: id }));
  return [...gone, ...moved.filter((update) => update.old !== update.new)];
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

/** The entries of a map that have one of these keys, in the order of the keys. */
export function pick<K, V>(map: ReadonlyMap<K, V>, keys: Iterable<K>): Map<K, V> {
  const picked = new Map<K, V>();
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}
