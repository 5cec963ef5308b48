import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { TreeEntry } from '../git/tree.ts';
import { isShardEntry, type ProjectedRoot, type Projection } from './projection.ts';
import { sharedEnds } from './tree-sequence.ts';

/**
 * The order in which checkpoints' transcripts arrived: the first commit of V1's first-parent chain whose tree has one of a
 * checkpoint's `full/*` files, ties by ID. Generations are filled in this order.
 */
export class ArrivalOrder {
  readonly #projection: Projection;
  readonly #arrived = new Set<CheckpointId>();
  #entries: readonly TreeEntry[] = [];

  /** `base` is a root whose checkpoints have all arrived before; those are not listed. */
  constructor(projection: Projection, base?: ProjectedRoot) {
    this.#projection = projection;
    this.#entries = base?.entries ?? [];
  }

  /** Takes the next commit's root, from the chain's root to its tip. */
  visit(root: ProjectedRoot): void {
    const [front, back] = sharedEnds(this.#entries, root.entries);
    const known = new Set(this.#entries.slice(front, this.#entries.length - back).map(({ name, id }) => name + id));
    this.#entries = root.entries;
    const arriving: CheckpointId[] = [];
    for (const entry of root.entries.slice(front, root.entries.length - back)) {
      if (!isShardEntry(entry) || known.has(entry.name + entry.id)) continue;
      for (const [id, { full }] of this.#projection.shard(entry).checkpoints) {
        if (full && !this.#arrived.has(id)) arriving.push(id);
      }
    }
    for (const id of arriving.sort()) this.#arrived.add(id);
  }

  /** The checkpoints in the order of their arrival. */
  list(): CheckpointId[] {
    return [...this.#arrived];
  }
}
