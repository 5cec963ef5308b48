import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { parseCommit } from '../../git/commit.ts';
import { GitError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readTrees } from '../../git/read-trees.ts';
import type { Repository } from '../../git/repository.ts';
import { checkpointsIn } from '../../layout/checkpoint-list.ts';
import { isShardEntry } from '../../project/projection.ts';

/** Commits looked at in one go. */
const BATCH = 128;

/**
 * True where every checkpoint that `full/current` has had at some commit is among those known to be elsewhere. The first
 * writers of V2 replaced the whole tree with each write: the ref's history is then the only place of earlier transcripts, and
 * must not be cut off by a rotation. False also where the history can't be read to its end.
 */
export async function isHistoryCovered(
  repo: Repository,
  current: ObjectId,
  known: (checkpoint: CheckpointId) => boolean,
): Promise<boolean> {
  try {
    const history = await repo.walk({ tips: [current] });
    const seen = new Set<string>();
    for (let at = 0; at < history.length; at += BATCH) {
      const commits = await repo.readObjects(history.slice(at, at + BATCH).map(({ id }) => id));
      const trees = commits.flatMap((commit) => (commit === undefined ? [] : [parseCommit(commit.content).tree]));
      const roots = await readTrees(repo, [...new Set(trees)]);
      const shards = roots.flat().filter((entry) => isShardEntry(entry) && !seen.has(entry.name + entry.id));
      for (const { name, id } of shards) seen.add(name + id);
      const contents = await readTrees(
        repo,
        shards.map(({ id }) => id),
      );
      const isCovered = shards.every(({ name }, i) => {
        return [...checkpointsIn(name, contents[i] ?? [])].every(([checkpoint]) => known(checkpoint));
      });
      if (!isCovered) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}
