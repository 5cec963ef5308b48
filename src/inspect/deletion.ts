import { describeCommit } from '../commits/naming-commits.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';

/** The commit of V1 that deleted a checkpoint, in UTF-8. */
export interface Deletion {
  readonly commit: ObjectId;
  readonly subject: string;
  /** `Ann Example <ann@example.com>`. */
  readonly author: string;
  /** When it was authored, in RFC 3339; `null` where the commit says no time that there is. */
  readonly authoredAt: string | null;
  /** True where the whole checkpoint is gone; false: sessions of it alone. */
  readonly isWhole: boolean;
}

/** What is said of the commit that deleted a checkpoint. */
export function deletionOf({ deletedBy, isWhole }: LostCheckpoint): Deletion {
  const { commit, subject, author, authoredAt } = describeCommit(deletedBy.id, deletedBy.commit);
  return { commit, subject, author, authoredAt, isWhole };
}
