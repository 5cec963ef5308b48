import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { TranscriptNames } from '../../checkpoint/transcript.ts';
import { batches } from '../../git/batches.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { PlanContext } from '../planning.ts';
import { type CheckpointSides, loadSides } from './checkpoint-sides.ts';
import { sidesOf, surveySides, type V1Checkpoints } from './differing-checkpoints.ts';
import { type ForeignGeneration, type ForeignV2, namesOfGeneration } from './foreign-v2.ts';
import { type Reconciled, reconcile } from './reconcile.ts';

/** What V2 lacks, as the folders that checkpoints get. */
export interface Missing {
  /** The V1 folders of the checkpoints that change in V2. */
  readonly changed: ReadonlyMap<CheckpointId, ObjectId>;
  readonly main: ReadonlyMap<CheckpointId, ObjectId>;
  readonly full: ReadonlyMap<ForeignGeneration, ReadonlyMap<CheckpointId, ObjectId>>;
  /** Checkpoints whose transcripts were pruned with their generation. */
  readonly pruned: number;
  readonly keptFiles: number;
  readonly keptTranscripts: number;
  /** Checkpoints whose summary can't be edited, so that sessions that were added are not listed. */
  readonly summariesLeft: number;
}

/** Compares V1's checkpoints with a V2 of another writer, by object ids, and looks into those that differ. */
export async function findMissing(
  context: PlanContext,
  trees: ObjectOverlay,
  v2: ForeignV2,
  v1: V1Checkpoints,
): Promise<Missing> {
  const { repo, onEvent } = context;
  const candidates = [...sidesOf(v2, v1)];
  const total = candidates.length;
  const main = new Map<CheckpointId, ObjectId>();
  const full = new Map<ForeignGeneration, Map<CheckpointId, ObjectId>>();
  const changed = new Map<CheckpointId, ObjectId>();
  const counts = { pruned: 0, keptFiles: 0, keptTranscripts: 0, summariesLeft: 0 };
  const namesOf = rememberNames(trees);
  onEvent({ kind: 'phase', phase: 'compare coverage', total });
  let done = 0;
  for (const batch of batches(candidates)) {
    await loadSides(trees, batch);
    const [v1Facts, v2Facts] = await surveySides(repo, batch);
    for (const sides of batch) {
      const { id } = sides;
      const isPruned = isPrunedIn(v2, sides);
      const facts = { v1Facts: v1Facts.get(id), v2Facts: v2Facts.get(id) };
      const reconciled = await reconcile(sides, { trees, ...facts, current: v2.current, isPruned, namesOf });
      if (takeFolders(sides, reconciled, main, full)) changed.set(id, sides.tree);
      if (isPruned) counts.pruned += 1;
      counts.keptFiles += reconciled.keptFiles;
      counts.keptTranscripts += reconciled.keptTranscripts;
      if (reconciled.isSummaryLeft) counts.summariesLeft += 1;
    }
    trees.unload();
    done += batch.length;
    onEvent({ kind: 'progress', phase: 'compare coverage', done, total });
  }
  return { changed, main, full, ...counts };
}

/**
 * A checkpoint that `main` has and no generation: where archives were deleted, it went with one of them and stays away, which
 * the manifest tells or a gap in their numbers; else another program has lost it. What V1 has changed since the last migration comes back, as it does in a V2 of our own.
 */
function isPrunedIn({ hasGaps, pruned }: ForeignV2, { id, v1, base, main, holders }: CheckpointSides): boolean {
  if (main === undefined || holders.length > 0 || v1.full === null) return false;
  return base === undefined ? hasGaps || pruned.has(id) : base.full === v1.full;
}

/** Takes note of the folders that change; false where none does. */
function takeFolders(
  { id, main, holders }: CheckpointSides,
  done: Reconciled,
  mains: Map<CheckpointId, ObjectId>,
  fulls: Map<ForeignGeneration, Map<CheckpointId, ObjectId>>,
): boolean {
  let isChanged = false;
  if (done.main !== undefined && done.main !== main) {
    mains.set(id, done.main);
    isChanged = true;
  }
  for (const [generation, folder] of done.full) {
    if (holders.some((holder) => holder.generation === generation && holder.folder === folder)) continue;
    fulls.set(generation, (fulls.get(generation) ?? new Map()).set(id, folder));
    isChanged = true;
  }
  return isChanged;
}

/** Looks up the names of each generation's transcripts once. */
function rememberNames(trees: ObjectOverlay): (generation: ForeignGeneration) => Promise<TranscriptNames> {
  const known = new Map<ForeignGeneration, Promise<TranscriptNames>>();
  return (generation) => {
    const names = known.get(generation) ?? namesOfGeneration(trees, generation);
    known.set(generation, names);
    return names;
  };
}
