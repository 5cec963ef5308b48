import type { ObjectId } from './object-id.ts';
import type { Repository, WalkedCommit } from './repository.ts';
import { withOverrides } from './with-overrides.ts';

/**
 * A repository in which git walks the whole histories of some commits once, for all who ask for one of them, or for what lies below.
 * Where that can't be walked, each asker has a walk of its own, and its error. Nothing may be added to the histories meanwhile.
 */
export function withSharedWalk(repo: Repository, tips: readonly ObjectId[]): Repository {
  let walking: Promise<readonly WalkedCommit[] | undefined> | undefined;
  return withOverrides(repo, {
    async walk(options) {
      const { exclude = [], firstParent = false } = options;
      if (exclude.length > 0 || firstParent || options.tips.length === 0) return repo.walk(options);
      walking ??= repo.walk({ tips }).catch(() => undefined);
      const history = historyAmong((await walking) ?? [], options.tips);
      return history ?? repo.walk(options);
    },
  });
}

/** The history of some commits, of a walk that has parents before children; `undefined` where the walk has not all of them. */
function historyAmong(walked: readonly WalkedCommit[], tips: readonly ObjectId[]): WalkedCommit[] | undefined {
  const missing = new Set(tips);
  const reached = new Set(tips);
  const history: WalkedCommit[] = [];
  // Children come after their parents: backwards, each commit is known to be reached before its turn comes.
  for (let i = walked.length - 1; i >= 0; i--) {
    const commit = walked[i] as WalkedCommit;
    if (!reached.has(commit.id)) continue;
    missing.delete(commit.id);
    for (const parent of commit.parents) reached.add(parent);
    history.push(commit);
  }
  return missing.size > 0 ? undefined : history.reverse();
}
