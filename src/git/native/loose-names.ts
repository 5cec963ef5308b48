import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../object-id.ts';

/** The names of objects that are files of their own. Each folder of them is listed once, when one in it is asked for. */
export class LooseNames {
  readonly #objectsDir: string;
  readonly #folders = new Map<string, ReadonlySet<string>>();

  constructor(objectsDir: string) {
    this.#objectsDir = objectsDir;
  }

  /** Whether the object had a file when its folder was listed. */
  has(id: ObjectId): boolean {
    const folder = id.slice(0, 2);
    let names = this.#folders.get(folder);
    if (names === undefined) {
      names = namesIn(join(this.#objectsDir, folder));
      this.#folders.set(folder, names);
    }
    return names.size > 0 && names.has(id.slice(2));
  }
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    return new Set();
  }
}
