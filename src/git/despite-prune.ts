import { GitError } from './errors.ts';

/** A `git prune` takes a moment of each; that so many in a row hit one is something else. */
const MOST_TRIES = 10;

/** As Node says it of our files. */
const TEMPORARY_GONE = /ENOENT: .*\btmp_(?:pack|idx)_/;

/**
 * Runs `store`, which stores a pack, again where its temporary files have gone: `git prune --expire=now`, and so `git gc --prune=now`,
 * deletes those of everybody (`tmp_*` in `objects/pack`; builtin/prune.c), also while they are written. Until a pack has its name
 * nothing can keep it.
 */
export async function despitePrune(store: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await store();
    } catch (error) {
      if (tries === MOST_TRIES || !(error instanceof GitError) || !TEMPORARY_GONE.test(error.message)) throw error;
    }
  }
}
