import { type CheckpointId, checkpointIdPrefixes } from '../checkpoint/checkpoint-id.ts';
import { BadCheckpointIdError } from '../checkpoint/choice-errors.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { idsOf } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { ambiguous } from '../inspect/ambiguous.ts';
import { ownersInHistory } from '../inspect/list-checkpoints.ts';
import { openViews } from '../layout/layouts.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { type Losses, readLosses } from '../project/lost.ts';

/** Makes sure that these can be the beginnings of IDs. Throws a `CkptError`. */
export function assertBeginnings(texts: readonly string[]): void {
  const wrong = texts.find((text) => checkpointIdPrefixes(text).length === 0);
  if (wrong !== undefined) throw new BadCheckpointIdError(wrong, 'lost');
}

/**
 * What is lost of the checkpoints whose IDs begin with these texts: one entry for each commit that deleted something of them. Throws a
 * `CkptError` for a text that is not the beginning of an ID, that several begin with, or of which nothing is lost.
 */
export async function chooseLost(
  repo: Repository,
  refs: readonly Ref[],
  texts: readonly string[],
): Promise<LostCheckpoint[]> {
  assertBeginnings(texts);
  const losses = await readLosses(repo, refs);
  const chosen = new Map<CheckpointId, readonly LostCheckpoint[]>();
  for (const text of texts) {
    const prefixes = checkpointIdPrefixes(text);
    const found = losses.lost.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
    const ids = [...new Set(idsOf(found))];
    if (ids.length > 1) throw await ambiguous(repo, text, ids, ownersInHistory(repo, found), 'lost');
    const [id] = ids;
    if (id === undefined) throw await notLost(repo, refs, text, prefixes, losses);
    chosen.set(id, found);
  }
  return [...chosen.values()].flat();
}

async function notLost(
  repo: Repository,
  refs: readonly Ref[],
  text: string,
  prefixes: readonly string[],
  { deleted }: Losses,
): Promise<CkptError> {
  for (const view of openViews(repo, refs)) {
    const [id] = await view.ids(prefixes);
    if (id === undefined) continue;
    const message = `the checkpoint ${id} is there already, on ${view.where}, and nothing of it is lost`;
    return new CkptError('CHECKPOINT_EXISTS', message, {
      hint: ['Look at it: ', ['ckpt', 'show', id]],
      exitCode: 3,
    });
  }
  const onPurpose = deleted.find(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
  if (onPurpose !== undefined) {
    return new CkptError('CHECKPOINT_DELETED', `the checkpoint ${onPurpose.id} was deleted here on purpose`, {
      hint: 'To have it back all the same, take it off the list in entire-deleted-checkpoints.json, in the git directory.',
      exitCode: 3,
    });
  }
  return new CkptError(
    'CHECKPOINT_NOT_FOUND',
    `neither V1's history nor a backup has a lost checkpoint whose ID begins with ${text}`,
    {
      hint: ['List what it has: ', ['ckpt', 'list', '--lost']],
    },
  );
}
