import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { TreeEntry } from '../git/tree.ts';
import { isShardEntry } from '../layout/checkpoint-walk.ts';
import type { ProjectedRoot, Projection } from './projection.ts';
import { sharedEnds } from './tree-sequence.ts';

/**
 * The order in which checkpoints' transcripts arrived: the first commit of V1's first-parent chain whose tree has one of a
 * checkpoint's `full/*` files, ties by ID. Generations are filled in this order.
 */
export class ArrivalOrder {
  readonly #projection: Projection;
  readonly #arrived = new Set<CheckpointId>();
  /** By the name of a shard: its versions whose checkpoints have all arrived. */
  readonly #visited = new Map<string, Set<number>>();
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
      for (const [id, folder] of this.#changes(entry)) {
        if (folder === null || this.#arrived.has(id)) continue;
        if (this.#projection.checkpoint(id, folder).full) arriving.push(id);
      }
    }
    for (const id of arriving.sort()) this.#arrived.add(id);
  }

  /** What a shard has of the checkpoints that are not as in any version that was visited before. */
  #changes({ name, id }: TreeEntry): Map<CheckpointId, ObjectId | null> {
    const visited = this.#visited.get(name) ?? new Set();
    this.#visited.set(name, visited);
    const versions = this.#projection.versions(name);
    const version = versions.versionOf(id);
    const latest = versions.latestSince(version, (one) => visited.has(one));
    visited.add(version);
    return latest;
  }

  /** The checkpoints in the order of their arrival. */
  list(): CheckpointId[] {
    return [...this.#arrived];
  }
}
