import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { namedCheckpoints } from '../checkpoint/named-checkpoints.ts';
import { commitHeader, tryCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository } from '../git/repository.ts';

/** The commit that names a checkpoint. */
export interface TrailerCommit {
  readonly commit: ObjectId;
  /** `Ann Example <ann@example.com>`. */
  readonly author: string;
}

/** What commits name. */
export interface Trailers {
  /** The checkpoints, each with the last of the commits that name it. */
  readonly named: ReadonlyMap<CheckpointId, TrailerCommit>;
  /** How many of the commits name one. */
  readonly commitCount: number;
}

/** Reads the trailers of commits. Where they are the newest first, each checkpoint has the oldest commit, which a later one does not change. */
export async function readTrailers(repo: Repository, commits: readonly ObjectId[]): Promise<Trailers> {
  const named = new Map<CheckpointId, TrailerCommit>();
  let commitCount = 0;
  for await (const { objects } of readAhead(repo, commits)) {
    for (const object of objects) {
      const parsed = tryCommit(object);
      if (object === undefined || parsed === undefined) continue;
      const ids = namedCheckpoints(parsed.message);
      if (ids.length > 0) commitCount++;
      const author = Buffer.from(commitHeader(parsed, 'author') ?? '', 'latin1').toString('utf8');
      for (const id of ids) named.set(id, { commit: object.id, author: author.replace(/ -?\d+ [-+]\d+$/, '') });
    }
  }
  return { named, commitCount };
}
