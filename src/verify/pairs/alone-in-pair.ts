import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Repository } from '../../git/repository.ts';
import { type HeldAlone, readableAlone } from '../../layout/generations-alone.ts';
import { hashingSink, Projection } from '../../project/projection.ts';
import { type Finding, finding } from '../finding.ts';
import { wordsOf } from '../pair-words.ts';
import { deletedCheckpoint, placeOfCheckpoint } from './checkpoint-findings.ts';
import type { FoldersById, OpenPair } from './open-pair.ts';

/** What V2, as one of the two, has in generations alone. */
export interface AloneInPair {
  readonly ofSource: readonly CheckpointId[];
  readonly inTarget: HeldAlone;
  /** One for each checkpoint of the source that the target lacks, and for each generation that can't be read. */
  readonly findings: readonly Finding[];
}

/** Reads what generations alone have, on both sides. */
export async function aloneIn(open: OpenPair): Promise<AloneInPair> {
  const { repo, source, target, folders, deleted, from, to } = open;
  const wanted = open.ids && new Set(open.ids);
  const [ours, theirs] = [await readableAlone(repo, source), await readableAlone(repo, target)];
  const ofSource = [...ours.held.keys()].filter((id) => wanted?.has(id) !== false);
  const missing = ofSource.filter((id) => !folders.target.has(id));
  const words = wordsOf({ from, to });
  const lacking = missing.map((id) => {
    const place = placeOfCheckpoint(target, id, { from, to });
    if (deleted.has(id)) return deletedCheckpoint(id, place);
    return finding('CHECKPOINT_MISSING', `the checkpoint ${id} ${words.isNotOnMain}`, place);
  });
  const unread = [...ours.unreadable, ...theirs.unreadable].map(({ name }) =>
    finding('GENERATION_UNREADABLE', `${name} can't be read: what it alone has was not compared`, {
      ref: name,
      from,
      to,
    }),
  );
  return { ofSource, inTarget: theirs.held, findings: [...unread, ...lacking] };
}

/** The checkpoints of a source that V2 has in one generation alone, as it should: they have nothing that belongs on `main`. */
export async function sameInGenerationsAlone(
  repo: Repository,
  alone: HeldAlone,
  source: FoldersById,
): Promise<Set<CheckpointId>> {
  const both = new Map([...source].filter(([id]) => alone.has(id)));
  const projected = await new Projection(repo, hashingSink(repo.objectFormat)).projectCheckpoints(both);
  const isSame = (id: CheckpointId) => {
    const { main = null, full = null } = projected.get(id) ?? {};
    return main === null && alone.get(id)?.some(({ tree }) => tree === full) === true;
  };
  return new Set([...both.keys()].filter(isSame));
}
