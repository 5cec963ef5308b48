import type { ObjectFormat, ObjectId, ObjectType } from '../object-id.ts';
import { LOOSE_LIMIT, PackBuilder } from '../pack-writer.ts';
import type { DeltaBase, ObjectWriter } from '../repository.ts';
import type { GitProgram } from './program.ts';

/**
 * Hands new objects to git as a pack: `index-pack --stdin` keeps it as one, `unpack-objects` writes its objects loose. Both
 * take trees whose blobs are absent, which `fast-import` would refuse.
 */
export class NativeObjectWriter implements ObjectWriter {
  readonly #git: GitProgram;
  readonly #format: ObjectFormat;
  readonly #onFlush: () => Promise<void>;
  #pack: PackBuilder;

  /** `onFlush` is called when objects have been stored. */
  constructor(git: GitProgram, format: ObjectFormat, onFlush: () => Promise<void>) {
    this.#git = git;
    this.#onFlush = onFlush;
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
    const command = pack.size < LOOSE_LIMIT ? ['unpack-objects', '-q'] : ['index-pack', '--stdin'];
    // Ctrl-C in a terminal must not hit it half-way: it would leave a part of a pack behind.
    await this.#git.run(command, { input: pack.packStream(), detached: true });
    this.#pack = new PackBuilder(this.#format);
    await this.#onFlush();
  }
}
