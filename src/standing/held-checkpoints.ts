import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../git/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { foldersIn } from '../layout/checkpoint-walk.ts';
import { BRANCH_REF, checkpointOfRef, MAIN_REF, REMOTE_BRANCH_REF } from '../layout/ref-names.ts';

/** Which of some checkpoints refs hold. */
export interface Held {
  readonly ids: ReadonlySet<CheckpointId>;
  /** Refs that may hold more: what they are at, or a tree of it, is not here. */
  readonly unread: readonly Ref[];
}

/** Refs in whose trees checkpoints lie by their shards. */
const SHARDED: ReadonlySet<string> = new Set([BRANCH_REF, REMOTE_BRANCH_REF, MAIN_REF]);

/**
 * Looks for checkpoints in V1, V2's `main` and git-refs, by names and trees alone: in each for those that were not found yet. Fetches nothing, and
 * guesses nothing.
 */
export async function heldCheckpoints(
  repo: Repository,
  refs: readonly Ref[],
  wanted: Iterable<CheckpointId>,
): Promise<Held> {
  const ids = new Set(refs.flatMap(({ name }) => checkpointOfRef(name) ?? []));
  const unread: Ref[] = [];
  const asked = [...wanted];
  for (const ref of refs) {
    if (!SHARDED.has(ref.name)) continue;
    const left = asked.filter((id) => !ids.has(id));
    try {
      for (const id of (await foldersIn(repo, ref.id, left)).keys()) ids.add(id);
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
      unread.push(ref);
    }
  }
  return { ids, unread };
}
