import type { ObjectId } from './object-id.ts';
import type { TreeEntry } from './tree.ts';

type Trees = ReadonlyMap<ObjectId, TreeEntry[]>;

/**
 * Trees that several parts of one piece of work look at, so that each is read and parsed once, also where they ask at the same
 * time. It keeps them all: made for the trees of one commit, not for those of a history. Nobody may change what it hands out.
 */
export class TreeMemory {
  /** The reading that each tree is or was a part of. */
  readonly #readings = new Map<ObjectId, Promise<Trees>>();

  /** The trees with these ids, in their order. `read` is asked for those that nobody has asked for yet. */
  async trees(
    ids: readonly ObjectId[],
    read: (ids: readonly ObjectId[]) => Promise<TreeEntry[][]>,
  ): Promise<TreeEntry[][]> {
    const unknown = [...new Set(ids)].filter((id) => !this.#readings.has(id));
    if (unknown.length > 0) {
      const reading = read(unknown).then((trees) => new Map(unknown.map((id, i) => [id, trees[i] ?? []])));
      reading.catch(() => undefined); // it is awaited below, by whoever is the first to come by there
      for (const id of unknown) this.#readings.set(id, reading);
    }
    const readings = new Set(ids.map((id) => this.#readings.get(id)));
    const known = new Map(await Promise.all([...readings].map(async (reading) => [reading, await reading] as const)));
    return ids.map((id) => known.get(this.#readings.get(id))?.get(id) ?? []);
  }
}
