import { batches } from '../batches.ts';
import { parseCommit } from '../commit.ts';
import { BadObjectError, fetchObjectHint, ShallowHistoryError } from '../errors.ts';
import type { ObjectId } from '../object-id.ts';
import type { WalkedCommit, WalkOptions } from '../repository.ts';
import { shallowCommits } from '../shallow-commits.ts';
import type { ObjectStore } from './object-store.ts';

/** Walks the history of a repository. Parents are remembered: a second walk over the same commits reads nothing. */
export class CommitWalk {
  readonly #commonDir: string;
  readonly #objects: ObjectStore;
  readonly #parents = new Map<ObjectId, readonly ObjectId[]>();

  constructor(commonDir: string, objects: ObjectStore) {
    this.#commonDir = commonDir;
    this.#objects = objects;
  }

  /**
   * As `Repository.walk` says. The order is that of a depth-first search from the tips in their order, first parents first.
   * What is left out is found by reading it all, not by dates, which may lie.
   */
  async walk(options: WalkOptions): Promise<WalkedCommit[]> {
    const cutOff = await shallowCommits(this.#commonDir);
    const excluded = new Set<ObjectId>();
    await this.#reach(options.exclude ?? [], excluded, cutOff);
    const wanted = new Set<ObjectId>();
    const follow = (id: ObjectId): readonly ObjectId[] => {
      const parents = this.#parents.get(id) ?? [];
      return options.firstParent === true ? parents.slice(0, 1) : parents;
    };
    await this.#reach(options.tips, wanted, cutOff, follow, excluded);
    for (const id of wanted) if (cutOff.has(id)) throw new ShallowHistoryError();
    return parentsFirst(options.tips, wanted, follow).map((id) => ({ id, parents: this.#parents.get(id) ?? [] }));
  }

  /** As `Repository.isAncestor` says. */
  async isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean> {
    const infos = await this.#objects.infoMany([ancestor, descendant]);
    if (infos.some((info) => info?.type !== 'commit')) return false;
    if (ancestor === descendant) return true;
    const reached = new Set<ObjectId>();
    await this.#reach([descendant], reached, await shallowCommits(this.#commonDir), undefined, undefined, ancestor);
    return reached.has(ancestor);
  }

  /** Adds to `reached` what can be reached from `from`, without what is in `without`; ends early where it meets `until`. */
  async #reach(
    from: readonly ObjectId[],
    reached: Set<ObjectId>,
    cutOff: ReadonlySet<string>,
    follow: (id: ObjectId) => readonly ObjectId[] = (id) => this.#parents.get(id) ?? [],
    without: ReadonlySet<ObjectId> = new Set(),
    until?: ObjectId,
  ): Promise<void> {
    let frontier = [...from];
    while (frontier.length > 0) {
      const fresh = [...new Set(frontier)].filter((id) => !reached.has(id) && !without.has(id));
      await this.#load(fresh);
      frontier = [];
      for (const id of fresh) {
        reached.add(id);
        // Git takes the commits where a shallow clone ends for ones without parents.
        if (!cutOff.has(id)) for (const parent of follow(id)) frontier.push(parent);
      }
      if (until !== undefined && reached.has(until)) return;
    }
  }

  async #load(ids: readonly ObjectId[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#parents.has(id));
    for (const batch of batches(unknown)) {
      const objects = await this.#objects.readMany(batch);
      for (const [index, id] of batch.entries()) {
        const object = objects[index];
        if (object === undefined) throw new BadObjectError(id, `the commit ${id} is absent`, fetchObjectHint(id));
        if (object.type !== 'commit') throw new BadObjectError(id, `${id} should be a commit, but is a ${object.type}`);
        try {
          this.#parents.set(id, parseCommit(object.content).parents);
        } catch (error) {
          throw new BadObjectError(id, `the commit ${id} can't be read: ${(error as Error).message}`);
        }
      }
    }
  }
}

/** The commits in `wanted`, each after those of its parents that are wanted too. No recursion: histories are deep. */
function parentsFirst(
  tips: readonly ObjectId[],
  wanted: ReadonlySet<ObjectId>,
  follow: (id: ObjectId) => readonly ObjectId[],
): ObjectId[] {
  const order: ObjectId[] = [];
  const seen = new Set<ObjectId>();
  const path: Array<{ id: ObjectId; parents: readonly ObjectId[]; next: number }> = [];
  const enter = (id: ObjectId): void => {
    if (seen.has(id) || !wanted.has(id)) return;
    seen.add(id);
    path.push({ id, parents: follow(id), next: 0 });
  };
  for (const tip of tips) {
    enter(tip);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const parent = top.parents[top.next++];
      if (parent !== undefined) enter(parent);
      else {
        order.push(top.id);
        path.pop();
      }
    }
  }
  return order;
}
