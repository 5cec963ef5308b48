import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { type CommitChanges, readCommitChanges } from '../../commits/commit-changes.ts';
import type { Repository } from '../../git/repository.ts';
import { namingCommits } from '../naming.ts';

/** Commits of a checkpoint that are shown: a squash merge, and the work before it, are two. */
const MAX_COMMITS = 10;

/** Reads the commits that name a checkpoint with what they changed, in the order of `NamingCommits`. */
export function commitsOf(repo: Repository): (id: CheckpointId) => Promise<readonly CommitChanges[]> {
  return async (id) => {
    const naming = (await namingCommits(repo)).get(id) ?? [];
    const commits: CommitChanges[] = [];
    for (const { commit } of naming.slice(0, MAX_COMMITS)) {
      const changes = await readCommitChanges(repo, commit);
      if (changes !== undefined) commits.push(changes);
    }
    return commits;
  };
}
