import type { ObjectId } from '../git/object-id.ts';
import type { ObjectSink } from '../git/repository.ts';
import { entrySize, serializeTree, type TreeEntry } from '../git/tree.ts';
import { sharedEnds, spliceEnds, TreeSequence } from './tree-sequence.ts';

/**
 * Makes the root trees of `main` out of those of V1, or the trees of one shard. Each resembles the one before, so that only the entries
 * which differ are looked at, and the writer stores only the difference: this is where a migration spends its time otherwise.
 */
export class TreeProjector {
  readonly #sequence: TreeSequence;
  readonly #sink: ObjectSink;
  #entries: readonly TreeEntry[] = [];
  /** The projected tree, and where each of `#entries` ends in it: where the one before does, if it has no place there. */
  #content: Buffer = Buffer.alloc(0);
  #ends: readonly number[] = [];
  /** The id of the projected tree; `undefined` where it was not taken by the sink. */
  #id: ObjectId | undefined;

  constructor(idLength: number, sink: ObjectSink) {
    this.#sequence = new TreeSequence(idLength);
    this.#sink = sink;
  }

  /** Parses a V1 tree. Throws a `RangeError` where the bytes are not a tree. */
  parse(content: Buffer): readonly TreeEntry[] {
    return this.#sequence.parse(content);
  }

  /** The id of the projected tree. `mainOf` gives the id that an entry has there, `null` where it has no place. */
  project(entries: readonly TreeEntry[], mainOf: (entry: TreeEntry) => ObjectId | null): ObjectId {
    const last = this.#id === undefined ? undefined : { id: this.#id, content: this.#content };
    this.prime(entries, mainOf);
    this.#id = this.#sink.add('tree', this.#content, last);
    return this.#id;
  }

  /** The tree that was projected last. */
  get content(): Buffer {
    return this.#content;
  }

  /** Projects a tree without storing it: a root that an earlier run has stored, as the one that the next root resembles. */
  prime(entries: readonly TreeEntry[], mainOf: (entry: TreeEntry) => ObjectId | null): void {
    const [front, back] = sharedEnds(this.#entries, entries);
    const projected: TreeEntry[] = [];
    const sizes = entries.slice(front, entries.length - back).map((entry) => {
      const id = mainOf(entry);
      if (id === null) return 0;
      projected.push({ mode: entry.mode, name: entry.name, id });
      return entrySize(entry);
    });
    const count = this.#ends.length;
    const before = this.#content.subarray(0, front === 0 ? 0 : this.#ends[front - 1]);
    const behind = this.#content.subarray(back === count ? 0 : this.#ends[count - back - 1]);
    this.#content = Buffer.concat([before, serializeTree(projected), behind]);
    this.#ends = spliceEnds(this.#ends, front, back, sizes);
    this.#entries = entries;
  }
}
