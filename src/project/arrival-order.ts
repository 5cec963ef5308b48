import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { TreeEntry } from '../git/tree.ts';
import { isShardEntry } from '../layout/checkpoint-walk.ts';
import type { ProjectedRoot, Projection } from './projection.ts';
import { latestSince, type ProjectedShard } from './shard-projector.ts';
import { sharedEnds } from './tree-sequence.ts';

/**
 * The order in which checkpoints' transcripts arrived: the first commit of V1's first-parent chain whose tree has one of a
 * checkpoint's `full/*` files, ties by ID. Generations are filled in this order.
 */
export class ArrivalOrder {
  readonly #projection: Projection;
  readonly #arrived = new Set<CheckpointId>();
  /** Shards whose checkpoints have all arrived. */
  readonly #visited = new Set<ProjectedShard>();
  #entries: readonly TreeEntry[] = [];

  constructor(projection: Projection) {
    this.#projection = projection;
  }

  /** Takes the next commit's root, from the chain's root to its tip. */
  visit(root: ProjectedRoot): void {
    const [front, back] = sharedEnds(this.#entries, root.entries);
    this.#entries = root.entries;
    const arriving: CheckpointId[] = [];
    for (const entry of root.entries.slice(front, root.entries.length - back)) {
      if (!isShardEntry(entry)) continue;
      const shard = this.#projection.shard(entry);
      if (this.#visited.has(shard)) continue;
      const latest = latestSince(shard, (version) => this.#visited.has(version));
      this.#visited.add(shard);
      for (const [id, checkpoint] of latest) if (checkpoint?.full && !this.#arrived.has(id)) arriving.push(id);
    }
    for (const id of arriving.sort()) this.#arrived.add(id);
  }

  /** The checkpoints in the order of their arrival. */
  list(): CheckpointId[] {
    return [...this.#arrived];
  }
}
