/** Parts that a map is kept in: enough that one of 400 checkpoints is copied as 25. */
const CHUNKS = 32;

/**
 * A map that does not change: another one is made with what differs, and shares all parts without a difference. Each commit of a
 * history changes one checkpoint out of hundreds; copying them all took a third of the time.
 */
export class ChunkedMap<V> {
  readonly #chunks: ReadonlyArray<ReadonlyMap<string, V> | undefined>;

  private constructor(chunks: ReadonlyArray<ReadonlyMap<string, V> | undefined>) {
    this.#chunks = chunks;
  }

  static of<V>(entries: Iterable<readonly [string, V]> = []): ChunkedMap<V> {
    return new ChunkedMap<V>(new Array(CHUNKS).fill(undefined)).with(entries);
  }

  get(key: string): V | undefined {
    return this.#chunks[chunkOf(key)]?.get(key);
  }

  /** The same with other values; without a key whose value is `undefined`. */
  with(changes: Iterable<readonly [string, V | undefined]>): ChunkedMap<V> {
    const chunks = [...this.#chunks];
    const own = new Map<number, Map<string, V>>();
    for (const [key, value] of changes) {
      const at = chunkOf(key);
      const chunk = own.get(at) ?? new Map(chunks[at]);
      own.set(at, chunk);
      chunks[at] = chunk;
      if (value === undefined) chunk.delete(key);
      else chunk.set(key, value);
    }
    return new ChunkedMap(chunks);
  }

  *[Symbol.iterator](): Generator<[string, V]> {
    for (const chunk of this.#chunks) if (chunk !== undefined) yield* chunk;
  }
}

/** By the last character: IDs and names of shards are random there. */
function chunkOf(key: string): number {
  return key.charCodeAt(key.length - 1) % CHUNKS;
}
