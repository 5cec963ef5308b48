import { AT_ONCE } from './batches.ts';
import type { ObjectId } from './object-id.ts';
import type { GitObject, Repository } from './repository.ts';

/** Objects of a batch: the index of the first one, and what was read. */
export interface ReadBatch {
  readonly at: number;
  readonly objects: ReadonlyArray<GitObject | undefined>;
}

/** Reads objects in batches, in their order. The next batch is asked for before one is handed out, so that git is not idle. */
export async function* readAhead(
  repo: Repository,
  ids: readonly ObjectId[],
): AsyncGenerator<ReadBatch, void, undefined> {
  const read = (at: number) => {
    const reading = repo.readObjects(ids.slice(at, at + AT_ONCE));
    reading.catch(() => undefined); // it is awaited in the next turn, or whoever reads has stopped
    return reading;
  };
  let next = read(0);
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const objects = await next;
    next = read(at + AT_ONCE);
    yield { at, objects };
  }
}
