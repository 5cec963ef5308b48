import { parseCommit } from './commit.ts';
import { BadObjectError } from './errors.ts';
import type { ObjectId } from './object-id.ts';
import { readTrees } from './read-trees.ts';
import type { GitObject, Repository } from './repository.ts';
import type { TreeEntry } from './tree.ts';
import type { TreeMemory } from './tree-memory.ts';

/** The tree of a commit. Throws `BadObjectError` where the commit is absent, not a commit, or malformed. */
export async function treeOfCommit(repo: Repository, commit: ObjectId): Promise<ObjectId> {
  const [tree] = await treesOfCommits(repo, [commit]);
  return tree as ObjectId;
}

/** The trees of commits, in their order. Throws as `treeOfCommit` does. */
export async function treesOfCommits(repo: Repository, commits: readonly ObjectId[]): Promise<ObjectId[]> {
  const objects = await repo.readObjects(commits);
  return commits.map((id, i) => parsedCommit(id, objects[i]).tree);
}

/** The entries of the root tree of a commit. Throws as `treeOfCommit` and `readTrees` do. */
export async function rootOfCommit(repo: Repository, commit: ObjectId): Promise<TreeEntry[]> {
  const [root = []] = await rootsOfCommits(repo, [commit]);
  return root;
}

/** The entries of the root trees of commits, in their order. Throws as `treeOfCommit` and `readTrees` do. */
export async function rootsOfCommits(
  repo: Repository,
  commits: readonly ObjectId[],
  memory?: TreeMemory,
): Promise<TreeEntry[][]> {
  return readTrees(repo, await treesOfCommits(repo, commits), memory);
}

/** The commit that was read for `id`. Throws `BadObjectError` where there is none, or another object. */
export function parsedCommit(id: ObjectId, object: GitObject | undefined): ReturnType<typeof parseCommit> {
  if (object?.type !== 'commit') {
    throw new BadObjectError(id, `${id} should be a commit, but ${object ? `is a ${object.type}` : 'is absent'}`);
  }
  try {
    return parseCommit(object.content);
  } catch (error) {
    throw new BadObjectError(id, `the commit ${id} can't be read: ${(error as Error).message}`);
  }
}
