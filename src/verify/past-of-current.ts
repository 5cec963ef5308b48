import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { readCurrent } from '../generations/generation.ts';
import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';

/** What `full/current` has in its history: read once, when it is first asked for. One that can't be read has nothing. */
export class PastOfCurrent {
  readonly #repo: Repository;
  readonly #refs: LayoutRefs;
  #folders: Promise<ReadonlyMap<CheckpointId, ObjectId>> | undefined;

  constructor(repo: Repository, refs: LayoutRefs) {
    this.#repo = repo;
    this.#refs = refs;
  }

  /** The newest folder of a checkpoint; `null` where it never was on `full/current` since that was started. */
  async folderOf(checkpoint: CheckpointId): Promise<ObjectId | null> {
    this.#folders ??= this.#read();
    return (await this.#folders).get(checkpoint) ?? null;
  }

  async #read(): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
    if (this.#refs.current === undefined) return new Map();
    try {
      return await readCurrent(this.#repo, this.#refs.current, 'replace');
    } catch (error) {
      if (error instanceof GitError) return new Map();
      throw error;
    }
  }
}
