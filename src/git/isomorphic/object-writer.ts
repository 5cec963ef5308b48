import type { KeptPacks } from '../kept-packs.ts';
import type { ObjectFormat, ObjectId, ObjectType } from '../object-id.ts';
import { type PackHome, writePackFiles } from '../pack-files.ts';
import { PackBuilder } from '../pack-writer.ts';
import type { DeltaBase, ObjectWriter } from '../repository.ts';
import type { ObjectStore } from './object-store.ts';

/** Stores new objects with Node alone: one pack with its index. */
export class IsomorphicObjectWriter implements ObjectWriter {
  readonly #home: PackHome;
  readonly #objects: ObjectStore;
  readonly #format: ObjectFormat;
  readonly #kept: KeptPacks;
  #pack: PackBuilder;

  constructor(home: PackHome, objects: ObjectStore, format: ObjectFormat, kept: KeptPacks) {
    this.#kept = kept;
    this.#home = home;
    this.#objects = objects;
    this.#format = format;
    this.#pack = new PackBuilder(format);
  }

  get pending(): number {
    return this.#pack.size;
  }

  add(type: ObjectType, content: Buffer, similarTo?: DeltaBase): ObjectId {
    return this.#pack.add(type, content, similarTo);
  }

  async flush(): Promise<void> {
    const pack = this.#pack;
    if (pack.size === 0) return;
    await writePackFiles(this.#home, pack, this.#kept);
    await this.#objects.refresh();
    this.#pack = new PackBuilder(this.#format);
  }
}
