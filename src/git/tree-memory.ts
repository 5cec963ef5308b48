import type { ObjectId } from './object-id.ts';
import type { TreeEntry } from './tree.ts';

type Trees = ReadonlyMap<ObjectId, TreeEntry[]>;

/**
 * Trees that several parts of one piece of work look at, so that each is read and parsed once, also where they ask at the same
 * time. It keeps them all until it is told to forget them: made for the trees of one commit, not for those of a history. Nobody may change what it
 * hands out.
 */
export class TreeMemory {
  /** The reading that each tree is or was a part of. */
  readonly #readings = new Map<ObjectId, Promise<Trees>>();

  /** Forgets what was read. Who asks at the moment gets it all the same. */
  forget(): void {
    this.#readings.clear();
  }

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
    const readings = ids.map((id) => this.#readings.get(id));
    const known = new Map(
      await Promise.all([...new Set(readings)].map(async (reading) => [reading, await reading] as const)),
    );
    return ids.map((id, i) => known.get(readings[i])?.get(id) ?? []);
  }
}
