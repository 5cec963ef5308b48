import { MAX_CANDIDATES } from '../checkpoint/candidates.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { AmbiguousCheckpointError } from '../checkpoint/choice-errors.ts';
import type { Repository } from '../git/repository.ts';
import { type Owners, readListed } from './list-checkpoints.ts';

/**
 * Several checkpoints begin with a text: says what the first of them are, as lists do; where they can't be read, their IDs alone.
 * `lost`: one of those that are lost was asked for.
 */
export async function ambiguous(
  repo: Repository,
  text: string,
  ids: readonly CheckpointId[],
  all: Owners,
  which?: 'lost',
): Promise<AmbiguousCheckpointError> {
  const shown = ids.slice(0, MAX_CANDIDATES);
  const owners = new Map([...all].filter(([id]) => shown.includes(id)));
  const listed = await readListed(repo, owners).catch(() => []);
  const labels = new Map(listed.map(({ checkpoint, label }) => [checkpoint, label]));
  return new AmbiguousCheckpointError(text, ids, labels, which);
}
