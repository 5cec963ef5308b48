import { ahead } from './ahead.ts';
import { AT_ONCE } from './batches.ts';
import type { ObjectId } from './object-id.ts';
import type { GitObject, Repository } from './repository.ts';

/** Objects of a batch: the index of the first one, and what was read. */
export interface ReadBatch {
  readonly at: number;
  readonly objects: ReadonlyArray<GitObject | undefined>;
}

/** Reads objects in batches, in their order. The next batch is asked for before one is handed out, so that git is not idle. */
export function readAhead(repo: Repository, ids: readonly ObjectId[]): AsyncGenerator<ReadBatch, void, undefined> {
  return ahead(readBatches(repo, ids));
}

async function* readBatches(repo: Repository, ids: readonly ObjectId[]): AsyncGenerator<ReadBatch, void, undefined> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    yield { at, objects: await repo.readObjects(ids.slice(at, at + AT_ONCE)) };
  }
}
