import { SOURCE_TIP_TRAILER } from '../../../checkpoint/commit-message.ts';
import { commitHeader, parseCommit, serializeCommit } from '../../../git/commit.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { Ref, Repository } from '../../../git/repository.ts';
import { readCommit } from '../../relation.ts';

/** What makes a commit that adds to another writer's V2 the same on every machine. */
export interface TipStamp {
  /** V1's tip: everything up to there is in V2 then. */
  readonly v1: ObjectId;
  /** The value of `author` and `committer`: this program, at the moment of V1's tip. */
  readonly identity: string;
}

/** Reads the moment of V1's tip; the epoch where its date is broken. */
export async function readTipStamp(repo: Repository, v1: Ref): Promise<TipStamp> {
  const committer = commitHeader(parseCommit(await readCommit(repo, v1, 'Fetch the branch again')), 'committer');
  const date = /> (\d+ [+-]\d{4})$/.exec(committer ?? '')?.[1] ?? '0 +0000';
  return { v1: v1.id, identity: `ckpt <ckpt@localhost> ${date}` };
}

/** A commit on top of what another writer has: its trailer names V1's tip. */
export function tipCommit(stamp: TipStamp, subject: string, tree: ObjectId, parent: ObjectId): Buffer {
  return serializeCommit({
    tree,
    parents: [parent],
    headers: [`author ${stamp.identity}`, `committer ${stamp.identity}`],
    message: `${subject}\n\n${SOURCE_TIP_TRAILER}: ${stamp.v1}\n`,
  });
}
