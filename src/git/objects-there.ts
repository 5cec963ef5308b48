import type { ObjectId } from './object-id.ts';
import type { Repository } from './repository.ts';

/** What a remote is known to have, of what is here. */
export class ObjectsThere {
  readonly #repo: Repository;
  readonly #tips = new Set<ObjectId>();
  readonly #objects = new Set<ObjectId>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** Takes note that a remote has these objects and all that they lead to. Those that are not here are left out. */
  async learn(tips: Iterable<ObjectId>): Promise<void> {
    const ids = [...new Set(tips)].filter((id) => !this.#tips.has(id));
    const absent = await this.#repo.absentObjects(ids);
    const known = ids.filter((id) => !absent.has(id));
    if (known.length === 0) return;
    await this.#repo.visitReachable(known, (id) => this.#objects.add(id));
    for (const id of known) this.#tips.add(id);
  }

  /** The objects that these lead to, themselves included, and that the remote is not known to have. Those that are not here are left out. */
  async unsent(tips: readonly ObjectId[]): Promise<ObjectId[]> {
    const ids: ObjectId[] = [];
    await this.#repo.visitReachable(tips, (id, isHere) => {
      if (isHere && !this.#objects.has(id)) ids.push(id);
    });
    return ids;
  }
}
