import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { layoutOf, openViews } from '../layout/layouts.ts';
import { findLost, type LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { readDeletedCheckpoints } from './refs/deleted-checkpoints.ts';

/** What the history of V1 has and no layout here has any more. */
export interface Losses {
  readonly lost: readonly LostCheckpoint[];
  /** The same of checkpoints that were deleted here on purpose, with Entire's client. */
  readonly deleted: readonly LostCheckpoint[];
}

/** Nothing is lost, or what is can not be known. */
const NONE: Losses = { lost: [], deleted: [] };

/**
 * What V1's history has and its tip lost (`findLost`), but for whole checkpoints that another layout has still. Nothing where there is
 * no V1, or its history was cut off. Throws `BadObjectError` where V1's tip, or a commit of its history, can't be read.
 */
export async function readLosses(repo: Repository, refs: readonly Ref[]): Promise<Losses> {
  const [branch] = layoutOf('v1').refs(refs);
  if (branch === undefined) return NONE;
  const found = await findLost(repo, branch).catch((error: unknown) => {
    if (error instanceof ShallowHistoryError) return [];
    throw error;
  });
  if (found.length === 0) return NONE;
  const elsewhere = new Set<CheckpointId>();
  const ids = new Set(found.map(({ id }) => id));
  for (const view of openViews(repo, refs)) {
    for (const id of await view.ids([...ids])) elsewhere.add(id);
  }
  const deleted = await readDeletedCheckpoints(repo.commonDir);
  const gone = found.filter(({ id, isWhole }) => !isWhole || !elsewhere.has(id));
  return { lost: gone.filter(({ id }) => !deleted.has(id)), deleted: gone.filter(({ id }) => deleted.has(id)) };
}
