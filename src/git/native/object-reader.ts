import { assertHeld, damagedObject, OTHER_CONTENT } from '../errors.ts';
import { hashObject, type ObjectFormat, type ObjectId } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import { type Answer, CatFile, commands, plain } from './cat-file.ts';
import type { LooseNames } from './loose-names.ts';
import type { GitProgram } from './program.ts';

/** Reads whole objects. Those with a file of their own, which git takes for the object by its name alone, are compared with their ids. */
export class ObjectReader extends CatFile<GitObject> {
  readonly #loose: LooseNames;
  readonly #objectFormat: ObjectFormat;
  /** The object whose content is still arriving, and how much of it is there. */
  #partial: { object: GitObject; filled: number } | undefined;

  constructor(git: GitProgram, loose: LooseNames, objectFormat: ObjectFormat) {
    super(git, commands('contents'), plain('--batch'));
    this.#loose = loose;
    this.#objectFormat = objectFormat;
  }

  protected override forget(): void {
    super.forget();
    this.#partial = undefined;
  }

  protected take(id: ObjectId): Answer<GitObject> {
    if (this.#partial === undefined) {
      const header = this.takeHeader(id);
      if (header?.value === undefined) return header as Answer<GitObject>;
      const { type, size } = header.value;
      assertHeld(id, header.value);
      const end = this.at + size;
      if (end < this.buffer.length) {
        const content = this.buffer.subarray(this.at, end);
        this.at = end + 1; // a newline ends it
        return { value: this.#compared({ id, type, content }) };
      }
      this.#partial = { object: { id, type, content: Buffer.allocUnsafe(size) }, filled: 0 };
    }
    return this.#takePartial(this.#partial);
  }

  #takePartial(partial: { object: GitObject; filled: number }): Answer<GitObject> {
    const { object } = partial;
    const copied = this.buffer.copy(object.content, partial.filled, this.at);
    partial.filled += copied;
    this.at += copied;
    if (partial.filled < object.content.length || this.at === this.buffer.length) return undefined;
    this.at += 1; // the newline
    this.#partial = undefined;
    return { value: this.#compared(object) };
  }

  #compared(object: GitObject): GitObject {
    const { id, type, content } = object;
    if (this.#loose.has(id) && hashObject(this.#objectFormat, type, content) !== id)
      throw damagedObject(id, OTHER_CONTENT);
    return object;
  }
}

/** Reads types and sizes only. */
export class InfoReader extends CatFile<ObjectInfo> {
  constructor(git: GitProgram) {
    super(git, commands('info'), plain('--batch-check'));
  }

  protected take(id: ObjectId): Answer<ObjectInfo> {
    return this.takeHeader(id);
  }
}
