import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../checkpoint/oddity.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import type { ReadManifest } from './check-manifest.ts';
import type { Policy } from './explain.ts';
import { type Finding, kindOf } from './finding.ts';
import { foundList } from './finding-list.ts';
import type { PastOfCurrent } from './past-of-current.ts';
import type { ReadGeneration } from './read-generations.ts';
import type { VerifyCounts } from './report.ts';

/** What is compared with what: the scope (`ids`), the basis (`v1`, `main`) and the policy. */
export interface Comparison {
  readonly repo: Repository;
  readonly refs: LayoutRefs;
  readonly objects: ObjectOverlay;
  /** These checkpoints alone; all that there is where `undefined`. */
  readonly ids: readonly CheckpointId[] | undefined;
  /** The V1 commit whose projection V2 should be. */
  readonly v1: ObjectId;
  /** The tip of the V1 branch: newer than `v1` where V2 is behind. */
  readonly branchTip: ObjectId;
  /** The commit on `main` that should be its image. */
  readonly main: ObjectId;
  readonly policy: Policy;
  readonly maxCheckpoints: number;
  readonly onEvent: ProgressListener;
}

/** The generations that are there, and what is known of them. */
export interface There {
  readonly generations: readonly ReadGeneration[];
  /** About those that can't be read. */
  readonly findings: readonly Finding[];
  readonly manifest: ReadManifest;
  readonly past: PastOfCurrent;
}

/** What V2 lacks of V1, or has otherwise, by where it should be. */
export interface CoverageDifferences {
  readonly onMain: readonly Finding[];
  readonly onFull: readonly Finding[];
}

/** What a comparison has found. */
export interface Compared {
  readonly findings: readonly Finding[];
  readonly counts: Omit<VerifyCounts, 'errors' | 'warnings' | 'notes' | 'generations'>;
}

/** Nothing could be compared. */
export const NOTHING_COMPARED: Compared = {
  findings: [],
  counts: { commits: 0, checkpoints: 0, sessions: 0, currentCheckpoints: 0, prunedTranscripts: 0 },
};

/** The number of checkpoints in `full/current`. */
export function sizeOfCurrent(generations: readonly ReadGeneration[]): number {
  return generations.find(({ number }) => number === undefined)?.checkpoints.size ?? 0;
}

/** V1's oddities as notes: they were there before, and are carried over as they are. */
export function oddityNotes(oddities: readonly Oddity[]): Finding[] {
  const notes = foundList();
  for (const { code, checkpoint, path, detail } of oddities) {
    const message = `${path}: ${kindOf(code).meaning}${detail === undefined ? '' : ` (${detail})`}`;
    notes.push({ code, severity: 'note', message, path, ...(checkpoint === undefined ? {} : { checkpoint }) });
  }
  return notes.all();
}
