import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import type { TranscriptNames } from '../../../checkpoint/transcript.ts';
import { type CheckpointSides, loadSides } from '../../../compare/checkpoint-sides.ts';
import type { Difference } from '../../../compare/difference.ts';
import { differences } from '../../../compare/differences.ts';
import { differingCheckpoints, type ExpectedCheckpoints, readFacts } from '../../../compare/differing-checkpoints.ts';
import { fillLost, isReplaced } from '../../../compare/fill-lost.ts';
import { pairCheckpoint } from '../../../compare/paired-checkpoint.ts';
import { type Reconciled, reconcile } from '../../../compare/reconcile.ts';
import { batches } from '../../../git/batches.ts';
import type { ObjectId, RefName } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { PlanContext } from '../plan-context.ts';
import { type ForeignSplit, transcriptNamesIn } from './foreign-split.ts';

/** What V2 lacks, as the folders that checkpoints get. */
export interface Missing {
  /** The V1 folders of the checkpoints that change in V2. */
  readonly changed: ReadonlyMap<CheckpointId, ObjectId>;
  readonly main: ReadonlyMap<CheckpointId, ObjectId>;
  readonly full: ReadonlyMap<RefName, ReadonlyMap<CheckpointId, ObjectId>>;
  /** Checkpoints whose transcripts went with an archive that was deleted, where the manifest does not say that it was pruned. */
  readonly gone: number;
  readonly keptFiles: number;
  readonly keptTranscripts: number;
  /** Checkpoints whose summary can't be edited, so that sessions that were added are not listed. */
  readonly summariesLeft: number;
}

/**
 * Compares V1's checkpoints with a V2 of another writer, by object ids, and looks into those that differ. `takesLost`: what V2 has
 * otherwise, so that something of V1 is lost, is V1's again.
 */
export async function findMissing(
  context: PlanContext,
  trees: ObjectOverlay,
  v2: ForeignSplit,
  v1: ExpectedCheckpoints,
  { takesLost = false } = {},
): Promise<Missing> {
  const { repo, onEvent } = context;
  const candidates = [...differingCheckpoints(v2, v1)];
  const total = candidates.length;
  const main = new Map<CheckpointId, ObjectId>();
  const full = new Map<RefName, Map<CheckpointId, ObjectId>>();
  const changed = new Map<CheckpointId, ObjectId>();
  const counts = { gone: 0, keptFiles: 0, keptTranscripts: 0, summariesLeft: 0 };
  const namesOf = rememberNames(trees, v2);
  onEvent({ kind: 'phase', phase: 'compare coverage', total });
  let done = 0;
  for (const batch of batches(candidates)) {
    await loadSides(trees, batch);
    const factsOf = await readFacts(repo, batch);
    for (const sides of batch) {
      const isPruned = isPrunedIn(v2, sides);
      const paired = await pairCheckpoint(trees, sides, factsOf(sides.id));
      const reconciled = await reconcile(sides, paired, { isPruned, namesOf });
      const isKept = reconciled.keptFiles + reconciled.keptTranscripts > 0;
      const replaced = takesLost || isKept ? (await differences(repo, paired)).filter(isReplaced) : [];
      const filled = takesLost ? await fillLost(paired, replaced, reconciled) : reconciled;
      if (takeFolders(sides, filled, main, full) && sides.tree !== undefined) changed.set(sides.id, sides.tree);
      if (isPruned && !v2.pruned.has(sides.id)) counts.gone += 1;
      // What differs without a loss, or is mended here, is nothing to warn of, and what V1 has changed since the last migration is not either.
      const kept = takesLost ? [] : replaced;
      counts.keptFiles += Math.min(pathsIn(kept, 'main'), reconciled.keptFiles);
      counts.keptTranscripts += Math.min(pathsIn(kept, 'full'), reconciled.keptTranscripts);
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
 * the manifest says or a gap in their numbers; else another program has lost it. What V1 has changed since the last migration comes back, as it does in a V2 of our own.
 */
function isPrunedIn(
  { hasGaps, pruned }: ForeignSplit,
  { id, expected, base, main, holders }: CheckpointSides,
): boolean {
  if (main === undefined || holders.length > 0 || expected.full === null) return false;
  return base === undefined ? hasGaps || pruned.has(id) : base.full === expected.full;
}

function pathsIn(found: readonly Difference[], part: Difference['part']): number {
  return new Set(found.flatMap((one) => (one.part === part ? one.path : []))).size;
}

/** Takes note of the folders that change; false where none does. */
function takeFolders(
  { id, main, holders }: CheckpointSides,
  done: Reconciled,
  mains: Map<CheckpointId, ObjectId>,
  fulls: Map<RefName, Map<CheckpointId, ObjectId>>,
): boolean {
  let isChanged = false;
  if (done.main !== undefined && done.main !== main) {
    mains.set(id, done.main);
    isChanged = true;
  }
  for (const [ref, folder] of done.full) {
    if (holders.some((holder) => holder.ref === ref && holder.folder === folder)) continue;
    fulls.set(ref, (fulls.get(ref) ?? new Map()).set(id, folder));
    isChanged = true;
  }
  return isChanged;
}

/** Looks up the names of each generation's transcripts once. */
function rememberNames(trees: ObjectOverlay, v2: ForeignSplit): (ref: RefName) => Promise<TranscriptNames> {
  const known = new Map<RefName, Promise<TranscriptNames>>();
  return (ref) => {
    const names = known.get(ref) ?? transcriptNamesIn(trees, v2, ref);
    known.set(ref, names);
    return names;
  };
}
