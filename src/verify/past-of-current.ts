import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { GenerationState } from '../generations/generation-state.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';

/** What `full/current` has in its history: read once, when it is first asked for. One that can't be read has nothing. */
export class PastOfCurrent {
  readonly #state: GenerationState;
  #folders: Promise<ReadonlyMap<CheckpointId, ObjectId> | undefined> | undefined;

  constructor(repo: Repository, refs: LayoutRefs) {
    this.#state = new GenerationState(repo, refs);
  }

  /** The newest folder of a checkpoint; `null` where it never was on `full/current` since that was started. */
  async folderOf(checkpoint: CheckpointId): Promise<ObjectId | null> {
    this.#folders ??= this.#state.readableHistory();
    return (await this.#folders)?.get(checkpoint) ?? null;
  }
}
