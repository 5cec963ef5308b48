import type { ObjectFormat, ObjectId, ObjectType } from './object-id.ts';
import { PackBuilder } from './pack-writer.ts';
import type { DeltaBase, ObjectWriter } from './repository.ts';

/** Gathers new objects in a pack. What stores the pack is the engine's. */
export class PackedWriter implements ObjectWriter {
  readonly #format: ObjectFormat;
  readonly #store: (pack: PackBuilder) => Promise<void>;
  #pack: PackBuilder;

  constructor(format: ObjectFormat, store: (pack: PackBuilder) => Promise<void>) {
    this.#format = format;
    this.#store = store;
    this.#pack = new PackBuilder(format);
  }

  get pending(): number {
    return this.#pack.size;
  }

  add(type: ObjectType, content: Buffer, similarTo?: DeltaBase): ObjectId {
    return this.#pack.add(type, content, similarTo);
  }

  async flush(): Promise<void> {
    if (this.#pack.size === 0) return;
    await this.#store(this.#pack);
    this.#pack = new PackBuilder(this.#format);
  }
}
