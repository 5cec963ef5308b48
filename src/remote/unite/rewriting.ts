import { treesOfCommits } from '../../git/commit-trees.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';

/** A ref here, at a remote, and where it was at the remote before. */
export interface RefSides {
  readonly ours: ObjectId;
  readonly theirs: ObjectId;
  /** When both were united last. */
  readonly united: ObjectId | undefined;
  /** When the remote was asked before: counts where nothing says what was united. */
  readonly seen?: ObjectId | undefined;
}

/** Where somebody has rewritten a ref, and what both had before. */
export interface Rewriting {
  readonly where: 'there' | 'here';
  readonly earlier: ObjectId;
}

/**
 * Where somebody has taken back what both had when they were united last: at the remote, or here, with other content since. A union would
 * bring it back. `undefined` where nobody has, or both, as after a rebase of what is here on what is there.
 */
export async function findRewriting(
  repo: Repository,
  { ours, theirs, united, seen }: RefSides,
): Promise<Rewriting | undefined> {
  const earlier = united ?? seen;
  if (earlier === undefined || ours === theirs) return undefined;
  const [isHere, isThere] = [await repo.isAncestor(earlier, ours), await repo.isAncestor(earlier, theirs)];
  if (isHere && !isThere) return { where: 'there', earlier };
  // What was only seen need not have been here.
  if (isHere || !isThere || united === undefined || (await repo.isAncestor(ours, theirs))) return undefined;
  const [now, before] = await treesOfCommits(repo, [ours, earlier]);
  return now === before ? undefined : { where: 'here', earlier };
}
