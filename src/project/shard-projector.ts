import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type ObjectFormat, type ObjectId, rawIdLength } from '../git/object-id.ts';
import type { DeltaBase, ObjectSink } from '../git/repository.ts';
import { compareEntries, type TreeEntry } from '../git/tree.ts';
import { checkpointOfEntry } from '../layout/checkpoint-walk.ts';
import { ShardVersions } from './shard-versions.ts';
import { TreeProjector } from './tree-projector.ts';
import { sharedEnds } from './tree-sequence.ts';

/** A version of a shard that was read: its entries, and how they differ from the version that was read before it. */
export interface ReadShard {
  readonly content: Buffer;
  readonly entries: readonly TreeEntry[];
  readonly added: readonly TreeEntry[];
  readonly removed: readonly TreeEntry[];
  /** Whether `added` is all there is: what was before says nothing of this one. */
  readonly isWhole: boolean;
}

/** The versions of one shard, each read and projected by what differs from the one before. */
export class ShardProjector {
  readonly versions: ShardVersions;
  readonly #name: string;
  readonly #tree: TreeProjector;
  readonly #sink: ObjectSink;
  #entries: readonly TreeEntry[] = [];
  #isSorted = false;
  /** The tree that was stored last. */
  #stored: DeltaBase | undefined;

  constructor(name: string, format: ObjectFormat, sink: ObjectSink) {
    this.versions = new ShardVersions(format);
    this.#name = name;
    this.#tree = new TreeProjector(rawIdLength(format), sink);
    this.#sink = sink;
  }

  /** Parses the next version. Throws a `RangeError` where the bytes are not a tree. */
  read(content: Buffer): ReadShard {
    const before = this.#entries;
    const entries = this.#tree.parse(content);
    const [front, back] = sharedEnds(before, entries);
    const end = entries.length - back;
    // Where a name may be there twice, entries that are gone say nothing of those that stay.
    const isPlain = isAscending(entries.slice(Math.max(0, front - 1), end + 1));
    const isWhole = !isPlain || !this.#isSorted;
    this.#isSorted = isPlain && (this.#isSorted || isAscending(entries));
    this.#entries = entries;
    if (isWhole) return { content, entries, added: entries, removed: [], isWhole };
    const removed = before.slice(front, before.length - back);
    return { content, entries, added: entries.slice(front, end), removed, isWhole };
  }

  /** Projects a version, in the order in which they were read. `id` is that of its tree, `mainOf` says what becomes of an entry. */
  project(
    { content, entries, added, removed, isWhole }: ReadShard,
    id: ObjectId,
    mainOf: (entry: TreeEntry) => ObjectId | null,
  ): number {
    const changed = new Map<CheckpointId, ObjectId | null>();
    for (const entry of removed) {
      const checkpoint = checkpointOfEntry(this.#name, entry);
      if (checkpoint !== undefined) changed.set(checkpoint, null);
    }
    for (const entry of added) {
      const checkpoint = checkpointOfEntry(this.#name, entry);
      if (checkpoint !== undefined) changed.set(checkpoint, entry.id);
    }
    this.#tree.prime(entries, mainOf);
    return this.versions.add(id, { main: this.#store(id, content), changed, isWhole });
  }

  /** The id of the projected tree; that of V1's where nothing changed, which is in the store already; `null` where it is empty. */
  #store(v1: ObjectId, content: Buffer): ObjectId | null {
    const projected = this.#tree.content;
    if (projected.length === 0) return null;
    if (projected.equals(content)) return v1;
    // Stored as what differs: each commit changes a checkpoint of it.
    const id = this.#sink.add('tree', projected, this.#stored);
    this.#stored = { id, content: projected };
    return id;
  }
}

function isAscending(entries: readonly TreeEntry[]): boolean {
  return entries.every((entry, i) => i === 0 || compareEntries(entries[i - 1] as TreeEntry, entry) < 0);
}
