import { IdList, IdTable } from '../git/id-table.ts';
import type { ObjectFormat, ObjectId } from '../git/object-id.ts';

/** What becomes of one V1 folder: a part on `main`, a part on `full/*`; `null` where that part is empty. */
export interface FolderProjection {
  readonly main: ObjectId | null;
  readonly full: ObjectId | null;
}

/** What became of V1 folders, by their ids. */
export class ProjectedFolders {
  readonly #ids: IdTable;
  readonly #mains: IdList;
  readonly #fulls: IdList;

  constructor(format: ObjectFormat) {
    this.#ids = new IdTable(format);
    this.#mains = new IdList(format);
    this.#fulls = new IdList(format);
  }

  has(folder: ObjectId): boolean {
    return this.#ids.placeOf(folder) >= 0;
  }

  /** Both parts are empty where a folder is not here. */
  get(folder: ObjectId): FolderProjection {
    const place = this.#ids.placeOf(folder);
    if (place < 0) return { main: null, full: null };
    return { main: this.#mains.atOrNull(place), full: this.#fulls.atOrNull(place) };
  }

  /** Takes a folder, which is the same whoever says it: what is here already stays. */
  add(folder: ObjectId, { main, full }: FolderProjection): void {
    if (this.#ids.add(folder) < this.#mains.size) return;
    this.#mains.push(main);
    this.#fulls.push(full);
  }
}
