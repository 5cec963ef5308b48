import { describeCommit } from '../commits/naming-commits.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';

/** The commit of V1 that deleted a checkpoint, in UTF-8, or the backup that has it still. */
export interface Deletion {
  /** `null`, and so all that is said of it, where a backup has the checkpoint. */
  readonly commit: ObjectId | null;
  readonly subject: string | null;
  /** `Ann Example <ann@example.com>`. */
  readonly author: string | null;
  /** When it was authored, in RFC 3339; `null` where the commit says no time that there is. */
  readonly authoredAt: string | null;
  /** True where the whole checkpoint is gone; false: sessions of it alone. */
  readonly isWhole: boolean;
  /** The ref of the backup; `null` where V1's history has the checkpoint. */
  readonly backup: string | null;
}

/** What is said of what became of a lost checkpoint. */
export function deletionOf({ deletedBy, isWhole, last }: LostCheckpoint): Deletion {
  if (deletedBy === undefined) {
    return { commit: null, subject: null, author: null, authoredAt: null, isWhole, backup: last.name };
  }
  const { commit, subject, author, authoredAt } = describeCommit(deletedBy.id, deletedBy.commit);
  return { commit, subject, author, authoredAt, isWhole, backup: null };
}
