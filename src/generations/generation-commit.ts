import { type CreatedAt, generationIdentity } from '../checkpoint/created-at.ts';
import { serializeCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectSink } from '../git/repository.ts';

/** A commit by this program, dated by the newest session of what it holds. */
export function generationCommit(
  sink: ObjectSink,
  tree: ObjectId,
  message: string,
  newest: CreatedAt | undefined,
  parents: readonly ObjectId[] = [],
): ObjectId {
  const identity = generationIdentity(newest);
  const headers = [`author ${identity}`, `committer ${identity}`];
  return sink.add('commit', serializeCommit({ tree, parents, headers, message }));
}
