import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { namedCheckpoints } from '../checkpoint/named-checkpoints.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { messagesOf } from './commits-in-range.ts';

/** A commit that wrote lines of a file, how many of those that were asked for, and the checkpoints that it names. */
export interface BlamedCommit {
  readonly commit: ObjectId;
  readonly lineCount: number;
  readonly checkpoints: readonly CheckpointId[];
}

/**
 * The commits that wrote the lines of a file, or one line of it, as the file is in `HEAD`: those that wrote the most first. `path` is
 * absolute, or relative to the top of the work tree. Throws what `Repository.blame` throws.
 */
export async function blamedCheckpoints(
  repo: Repository,
  path: string,
  line: number | undefined,
): Promise<BlamedCommit[]> {
  const counts = new Map<ObjectId, number>();
  for (const id of await repo.blame(path, line)) counts.set(id, (counts.get(id) ?? 0) + 1);
  const blamed: BlamedCommit[] = [];
  for await (const { commit, message } of messagesOf(repo, [...counts.keys()])) {
    blamed.push({ commit, lineCount: counts.get(commit) ?? 0, checkpoints: namedCheckpoints(message) });
  }
  return blamed.sort((a, b) => b.lineCount - a.lineCount);
}
