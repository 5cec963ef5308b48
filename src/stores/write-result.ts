import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';

/** What a write to one layout did. */
export interface WriteResult {
  readonly checkpointId: CheckpointId;
  /** The name of the session's folder. */
  readonly session: string;
  /** The commit that the layout's branch (V1) or `main` (V2) is at now. */
  readonly commit: ObjectId;
  /** The refs that moved. */
  readonly refs: readonly RefUpdate[];
}
