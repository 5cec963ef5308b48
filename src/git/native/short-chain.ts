import { parseCommit } from '../commit.ts';
import type { ObjectId } from '../object-id.ts';
import type { GitObject, WalkedCommit } from '../repository.ts';

/** Commits that are read one by one: what a hook finds is new. Of more a git of its own is as fast. */
const MAX_COMMITS = 8;

/**
 * The commits from `tip` down to `end`, which is not among them, parents first, where each has one parent and they are few: what `git rev-list` would
 * say of them, without a process. `undefined` where that can't be said so: git has to walk.
 */
export async function shortChain(
  read: (ids: readonly ObjectId[]) => Promise<Array<GitObject | undefined>>,
  tip: ObjectId,
  end: ObjectId,
): Promise<WalkedCommit[] | undefined> {
  const [first, last] = await read([tip, end]);
  if (last?.type !== 'commit') return undefined;
  const chain: WalkedCommit[] = [];
  let [id, object] = [tip, first];
  while (id !== end) {
    const parents = object?.type === 'commit' ? parentsIn(object) : [];
    const [parent] = parents;
    if (parent === undefined || parents.length > 1 || chain.length === MAX_COMMITS) return undefined;
    chain.push({ id, parents });
    id = parent;
    if (id !== end) [object] = await read([id]);
  }
  return chain.reverse();
}

/** The parents of a commit; none where it can't be read. */
function parentsIn({ content }: GitObject): readonly ObjectId[] {
  try {
    return parseCommit(content).parents;
  } catch {
    return [];
  }
}
