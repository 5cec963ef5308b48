import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';

/** A checkpoint that is there again, or some sessions of it. */
export interface RestoredCheckpoint {
  readonly checkpoint: CheckpointId;
  /** Sessions that came back; of a whole checkpoint, all. */
  readonly sessionCount: number;
  /** False where the checkpoint was there and sessions alone came back. */
  readonly isWhole: boolean;
  /** The commit that had deleted it, `null` for what a backup has; and the last one before it, or the backup's, which it was read from. */
  readonly deletedBy: ObjectId | null;
  readonly commit: ObjectId;
}

/** What `ckpt restore` did, or in a dry run would do. */
export interface RestoreLostResult {
  readonly status: 'restored' | 'planned';
  /** The primary layout, which they were written to. */
  readonly layout: LayoutName;
  readonly checkpoints: readonly RestoredCheckpoint[];
  /** The refs that moved, with the values before and after; `null` stands for "no such ref". */
  readonly refs: readonly RefUpdate[];
  readonly dryRun: boolean;
}
