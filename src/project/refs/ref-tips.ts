import { batches } from '../../git/batches.ts';
import { tryCommit } from '../../git/commit.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { originOfImage } from '../commit-image.ts';

/** A commit of a ref's history. */
export interface RefCommit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** The V1 commit that it is the image of; `undefined` for a commit that something else wrote. */
  readonly origin: ObjectId | undefined;
}

/** Reads commits, in the order of the ids. Throws `BadObjectError` where one is absent or not a commit. */
export async function readRefCommits(repo: Repository, ids: readonly ObjectId[]): Promise<RefCommit[]> {
  const commits: RefCommit[] = [];
  for (const batch of batches(ids)) {
    const objects = await repo.readObjects(batch);
    batch.forEach((id, i) => {
      const object = objects[i];
      const commit = tryCommit(object);
      if (commit === undefined) {
        const what =
          object === undefined ? 'is absent' : `is ${object.type === 'commit' ? 'malformed' : `a ${object.type}`}`;
        throw new BadObjectError(id, `the commit ${id} of a checkpoint's ref ${what}`);
      }
      commits.push({ id, tree: commit.tree, parents: commit.parents, origin: originOfImage(commit) });
    });
  }
  return commits;
}

/**
 * Those of these histories in which a commit is found: each is followed back from its tip, all of them a step at a time, so that
 * thousands of short ones cost a few reads. `parentsOf` says where a history goes on.
 */
export async function histories<Key>(
  repo: Repository,
  tips: ReadonlyMap<Key, ObjectId>,
  isFound: (key: Key, commit: RefCommit) => boolean,
  parentsOf: (commit: RefCommit) => readonly ObjectId[],
): Promise<Set<Key>> {
  const found = new Set<Key>();
  const seen = new Map<Key, Set<ObjectId>>();
  let step = [...tips];
  while (step.length > 0) {
    const ids = step.map(([, id]) => id);
    const commits = await readRefCommits(repo, ids);
    const next: Array<[Key, ObjectId]> = [];
    step.forEach(([key], i) => {
      const commit = commits[i] as RefCommit;
      if (found.has(key)) return;
      if (isFound(key, commit)) found.add(key);
      const known = seen.get(key) ?? new Set<ObjectId>();
      seen.set(key, known);
      for (const parent of parentsOf(commit)) if (!known.has(parent)) next.push([key, parent]);
      for (const parent of parentsOf(commit)) known.add(parent);
    });
    step = next.filter(([key]) => !found.has(key));
  }
  return found;
}
