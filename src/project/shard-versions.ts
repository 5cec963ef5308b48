import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { IdList, IdTable } from '../git/id-table.ts';
import type { ObjectFormat, ObjectId } from '../git/object-id.ts';

/** A version of a shard: what becomes of it on `main`, and the V1 folders of its checkpoints. */
export interface ShardVersion {
  readonly main: ObjectId | null;
  /** What differs from the version before; `null` for a checkpoint that is gone. */
  readonly changed: Iterable<readonly [CheckpointId, ObjectId | null]>;
  /** Whether `changed` is all there is, whatever was before. */
  readonly isWhole: boolean;
}

/**
 * The versions of one shard folder (`a3`), by numbers in their order. Each is kept as what differs from the one before: a history of n commits
 * has n versions of shards with n/256 checkpoints each, and keeping them whole would take memory with n².
 */
export class ShardVersions {
  readonly #ids: IdTable;
  readonly #mains: IdList;
  /** What changed, version by version, and where that ends for each. */
  readonly #changed: CheckpointId[] = [];
  readonly #folders: IdList;
  readonly #ends: number[] = [];
  readonly #whole = new Set<number>();
  #asked: { readonly tree: ObjectId; readonly version: number } | undefined;

  constructor(format: ObjectFormat) {
    this.#ids = new IdTable(format);
    this.#mains = new IdList(format);
    this.#folders = new IdList(format);
  }

  /** The version with that V1 tree; -1 where there is none. Most commits leave most shards alone, so that the same is asked again and again. */
  versionOf(tree: ObjectId): number {
    if (tree !== this.#asked?.tree) this.#asked = { tree, version: this.#ids.placeOf(tree) };
    return this.#asked.version;
  }

  mainOf(version: number): ObjectId | null {
    return this.#mains.atOrNull(version);
  }

  /** Takes the next version. A tree that was one of them before stays what it was. */
  add(tree: ObjectId, { main, changed, isWhole }: ShardVersion): number {
    const version = this.#ids.add(tree);
    this.#asked = { tree, version };
    if (version < this.#ends.length) return version;
    this.#mains.push(main);
    for (const [id, folder] of changed) {
      this.#changed.push(id);
      this.#folders.push(folder);
    }
    this.#ends.push(this.#changed.length);
    if (isWhole) this.#whole.add(version);
    return version;
  }

  /** The checkpoints of a version with their V1 folders, in the order of their IDs. */
  checkpointsOf(version: number): Array<[CheckpointId, ObjectId]> {
    const latest = this.latestSince(version, () => false);
    const here = [...latest].flatMap(([id, one]): Array<[CheckpointId, ObjectId]> => (one === null ? [] : [[id, one]]));
    return here.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What a version has of each checkpoint that differs from an earlier one, the first going back for which `isKnown` holds. */
  latestSince(version: number, isKnown: (version: number) => boolean): Map<CheckpointId, ObjectId | null> {
    const latest = new Map<CheckpointId, ObjectId | null>();
    for (let at = version; at >= 0 && !isKnown(at); at--) {
      for (let i = at === 0 ? 0 : (this.#ends[at - 1] ?? 0); i < (this.#ends[at] ?? 0); i++) {
        const id = this.#changed[i] as CheckpointId;
        if (!latest.has(id)) latest.set(id, this.#folders.atOrNull(i));
      }
      if (this.#whole.has(at)) break;
    }
    return latest;
  }
}
