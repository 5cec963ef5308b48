import type { ObjectId } from '../git/object-id.ts';
import type { DeltaBase, ObjectSink } from '../git/repository.ts';
import { serializeTree, type TreeEntry } from '../git/tree.ts';
import { sharedEnds, TreeSequence } from './tree-sequence.ts';

/**
 * Makes the root trees of `main` out of those of V1. Each root resembles the one before, so that only the entries which
 * differ are looked at, and the writer stores only the difference: this is where a migration spends its time otherwise.
 */
export class RootProjector {
  readonly #sequence: TreeSequence;
  readonly #sink: ObjectSink;
  #entries: readonly TreeEntry[] = [];
  /** The bytes that each of `#entries` has in the projected root; empty where it has none. */
  #pieces: readonly Buffer[] = [];
  #last: DeltaBase | undefined;

  constructor(idLength: number, sink: ObjectSink) {
    this.#sequence = new TreeSequence(idLength);
    this.#sink = sink;
  }

  /** Parses a V1 root tree. Throws a `RangeError` where the bytes are no tree. */
  parse(content: Buffer): TreeEntry[] {
    return this.#sequence.parse(content);
  }

  /** The id of the projected root. `mainOf` gives the id that an entry has there, `null` where it has no place. */
  project(entries: readonly TreeEntry[], mainOf: (entry: TreeEntry) => ObjectId | null): ObjectId {
    this.prime(entries, mainOf);
    const content = Buffer.concat(this.#pieces);
    const id = this.#sink.add('tree', content, this.#last);
    this.#last = { id, content };
    return id;
  }

  /** Takes note of a root that was projected and stored by an earlier run, as the one that the next root resembles. */
  prime(entries: readonly TreeEntry[], mainOf: (entry: TreeEntry) => ObjectId | null): void {
    const before = this.#entries;
    const [front, back] = sharedEnds(before, entries);
    const middle = entries.slice(front, entries.length - back).map((entry) => {
      const id = mainOf(entry);
      return serializeTree(id === null ? [] : [{ mode: entry.mode, name: entry.name, id }]);
    });
    this.#pieces = [...this.#pieces.slice(0, front), ...middle, ...this.#pieces.slice(before.length - back)];
    this.#entries = entries;
  }
}
