import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { IdList, IdTable } from '../../git/id-table.ts';
import type { ObjectFormat, ObjectId } from '../../git/object-id.ts';

/**
 * What objects of checkpoints have become, by the checkpoint and the object: two checkpoints may have the same one, which is rare. As
 * `IdMap`, ids are bytes, which the garbage collector does not look at.
 */
export class IdsByCheckpoint {
  readonly #objects: IdTable;
  readonly #results: IdList;
  /** Whose object it is that has its place in the table. */
  readonly #owners: CheckpointId[] = [];
  /** Objects of further checkpoints, by checkpoint and object. */
  readonly #shared = new Map<string, ObjectId>();

  constructor(format: ObjectFormat) {
    this.#objects = new IdTable(format);
    this.#results = new IdList(format);
  }

  get(checkpoint: CheckpointId, object: ObjectId): ObjectId | undefined {
    const place = this.#objects.placeOf(object);
    if (place < 0) return undefined;
    return this.#owners[place] === checkpoint ? this.#results.at(place) : this.#shared.get(checkpoint + object);
  }

  set(checkpoint: CheckpointId, object: ObjectId, result: ObjectId): void {
    const place = this.#objects.add(object);
    if (place === this.#owners.length) {
      this.#owners.push(checkpoint);
      this.#results.push(result);
    } else if (this.#owners[place] === checkpoint) this.#results.write(place, result);
    else this.#shared.set(checkpoint + object, result);
  }
}
