import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { DeltaBase, ObjectSink } from '../git/repository.ts';
import { compareEntries, type TreeEntry } from '../git/tree.ts';
import { checkpointOfEntry } from '../layout/checkpoint-walk.ts';
import { TreeProjector } from './tree-projector.ts';
import { sharedEnds } from './tree-sequence.ts';

/** A checkpoint in a V1 tree: the id of its V1 folder, and what becomes of it. */
export interface ProjectedCheckpoint {
  readonly tree: ObjectId;
  readonly main: ObjectId | null;
  /** `undefined`: the checkpoint is as it was at the base, where an earlier run placed its transcripts. */
  readonly full: FullTree | null | undefined;
}

/**
 * The part of a folder that goes to `full/*`. Its new trees are not stored with the projection, since only those of the tip
 * are ever needed: whoever places the folder in a generation adds `trees` (children first) to a writer.
 */
export interface FullTree {
  readonly id: ObjectId;
  readonly trees: readonly Buffer[];
}

/**
 * One version of a shard folder (`a3`): what becomes of it on `main`, and its checkpoints as what differs from the version that was projected
 * before it. A history of n commits has n versions of shards with n/256 checkpoints each: keeping them whole would take memory with n².
 */
export interface ProjectedShard {
  readonly main: ObjectId | null;
  /** `undefined`: `changed` is all. It is empty for a shard that is as it was at the base, which was not looked into. */
  readonly before: ProjectedShard | undefined;
  /** `null` for a checkpoint that is gone. */
  readonly changed: ReadonlyArray<readonly [CheckpointId, ProjectedCheckpoint | null]>;
}

/** The checkpoints of a shard in the order of their IDs. */
export function checkpointsOfShard(shard: ProjectedShard): Array<[CheckpointId, ProjectedCheckpoint]> {
  const found = latestSince(shard, () => false);
  const here = [...found].flatMap(
    ([id, one]): Array<[CheckpointId, ProjectedCheckpoint]> => (one === null ? [] : [[id, one]]),
  );
  return here.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a shard has of each checkpoint that differs from an earlier version, the first going back for which `isKnown` holds. */
export function latestSince(
  shard: ProjectedShard,
  isKnown: (version: ProjectedShard) => boolean,
): Map<CheckpointId, ProjectedCheckpoint | null> {
  const latest = new Map<CheckpointId, ProjectedCheckpoint | null>();
  for (let at: ProjectedShard | undefined = shard; at !== undefined && !isKnown(at); at = at.before) {
    for (const [id, checkpoint] of at.changed) if (!latest.has(id)) latest.set(id, checkpoint);
  }
  return latest;
}

/** A version of a shard that was read: its entries, and how they differ from the version that was read before it. */
export interface ReadShard {
  readonly content: Buffer;
  readonly entries: readonly TreeEntry[];
  readonly added: readonly TreeEntry[];
  readonly removed: readonly TreeEntry[];
  /** Whether `added` is all there is: what was before says nothing of this one. */
  readonly isWhole: boolean;
}

/** What the projection of the folders and files in a shard says. */
export interface InShard {
  readonly mainOf: (entry: TreeEntry) => ObjectId | null;
  readonly checkpoint: (id: CheckpointId, entry: TreeEntry) => ProjectedCheckpoint;
}

/** The versions of one shard, each read and projected by what differs from the one before. */
export class ShardProjector {
  readonly #name: string;
  readonly #tree: TreeProjector;
  readonly #sink: ObjectSink;
  #entries: readonly TreeEntry[] = [];
  #isSorted = false;
  #last: ProjectedShard | undefined;
  /** The tree that was stored last. */
  #stored: DeltaBase | undefined;

  constructor(name: string, idLength: number, sink: ObjectSink) {
    this.#name = name;
    this.#tree = new TreeProjector(idLength, sink);
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

  /** Projects a version, in the order in which they were read. `id` is that of its tree. */
  project({ content, entries, added, removed, isWhole }: ReadShard, id: ObjectId, parts: InShard): ProjectedShard {
    const changed = new Map<CheckpointId, ProjectedCheckpoint | null>();
    for (const entry of removed) {
      const checkpoint = checkpointOfEntry(this.#name, entry);
      if (checkpoint !== undefined) changed.set(checkpoint, null);
    }
    for (const entry of added) {
      const checkpoint = checkpointOfEntry(this.#name, entry);
      if (checkpoint !== undefined) changed.set(checkpoint, parts.checkpoint(checkpoint, entry));
    }
    this.#tree.prime(entries, parts.mainOf);
    const main = this.#store(id, content);
    this.#last = { main, before: isWhole ? undefined : this.#last, changed: [...changed] };
    return this.#last;
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
