import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { IdTable } from '../git/id-table.ts';
import { hashObject, type ObjectFormat, type ObjectId, rawIdLength } from '../git/object-id.ts';
import type { ObjectSink } from '../git/repository.ts';
import { isTreeMode, parseTree } from '../git/tree.ts';

/** What was projected of a checkpoint, as far as `full/*` is concerned. */
interface WithFull {
  readonly full: ObjectId | null | undefined;
}

/**
 * The trees of `full/*` that a projection makes. They are not stored with it, since of a history only those of the tip are ever needed: whoever
 * places a checkpoint in a generation stores them.
 */
export class FullTrees {
  readonly #format: ObjectFormat;
  readonly #ids: IdTable;
  /** The contents, one after the other, and where each ends. */
  #contents = Buffer.alloc(4096);
  readonly #ends: number[] = [];

  constructor(format: ObjectFormat) {
    this.#format = format;
    this.#ids = new IdTable(format);
  }

  /** Keeps a tree, and says its id. */
  add(content: Buffer): ObjectId {
    const id = hashObject(this.#format, 'tree', content);
    if (this.#ids.add(id) < this.#ends.length) return id;
    const start = this.#ends.at(-1) ?? 0;
    const end = start + content.length;
    if (end > this.#contents.length) {
      const contents = Buffer.alloc(2 * end);
      this.#contents.copy(contents, 0, 0, start);
      this.#contents = contents;
    }
    content.copy(this.#contents, start);
    this.#ends.push(end);
    return id;
  }

  /** The `full/*` folders of projected checkpoints, ready to be placed in a generation: all of them that V1 does not have is stored. */
  store(
    sink: ObjectSink,
    checkpoints: Iterable<readonly [CheckpointId, WithFull | null]>,
  ): Map<CheckpointId, ObjectId> {
    const folders = new Map([...checkpoints].flatMap(([id, one]) => (one?.full ? [[id, one.full] as const] : [])));
    const ids = new Set(folders.values());
    // It grows as it is gone through.
    for (const id of ids) {
      const content = this.#contentOf(id);
      if (content === undefined) continue;
      const entries = parseTree(content, rawIdLength(this.#format));
      for (const entry of entries) if (isTreeMode(entry.mode)) ids.add(entry.id);
      sink.add('tree', content);
    }
    return folders;
  }

  #contentOf(id: ObjectId): Buffer | undefined {
    const place = this.#ids.placeOf(id);
    if (place < 0) return undefined;
    return this.#contents.subarray(place === 0 ? 0 : this.#ends[place - 1], this.#ends[place]);
  }
}
