import type { RefUpdate } from '../git/repository.ts';

/** Why there is nothing to rotate. */
export type NothingToRotate =
  /** There is no `full/current`: nothing was migrated or written yet, or it was lost. */
  | 'no-current'
  /** `full/current` holds no checkpoint. */
  | 'empty'
  /** It holds fewer checkpoints than a generation does. */
  | 'not-full';

/** A generation that was archived. */
export interface RotatedGeneration {
  readonly number: number;
  readonly ref: string;
  readonly commit: string;
  readonly checkpointCount: number;
  /** As in its `generation.json`; `null` where no time is known. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** What a rotation did, or in a dry run would do. */
export interface RotateResult {
  readonly status: 'rotated' | 'planned' | 'nothing-to-do';
  /** `null` unless there is nothing to do. */
  readonly reason: NothingToRotate | null;
  readonly maxCheckpoints: number;
  /** Whether what does not fill a generation was to be archived. */
  readonly force: boolean;
  /** From the oldest to the newest. */
  readonly generations: readonly RotatedGeneration[];
  /** Checkpoints in `full/current` now, in `replace` mode together with its history. */
  readonly currentCheckpointCount: number;
  /** The refs that moved, with the values before and after; `null` stands for "no such ref". */
  readonly refs: readonly RefUpdate[];
  readonly dryRun: boolean;
}
