/** Objects, or checkpoints with their metadata, that are looked at together: enough to hide git's round trips, a few megabytes. */
export const AT_ONCE = 500;

/** The same of commits whose root trees are read as well: such a tree takes 10 KB, and who looks back from a tip mostly stops early. */
export const COMMITS_AT_ONCE = 128;

/** The elements in arrays of at most `size`. */
export function* batches<T>(all: Iterable<T>, size = AT_ONCE): Generator<T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** As `batches`, of elements that come one after the other. */
export async function* inBatches<T>(all: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
