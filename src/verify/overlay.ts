import { hashObject, type ObjectId, type ObjectType, rawIdLength } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { ObjectSink, Repository } from '../git/repository.ts';
import { parseTree, type TreeEntry } from '../git/tree.ts';

/** Blobs larger than this are known by their ids alone. */
const LARGEST_BLOB = 4 * 1024 * 1024;

/**
 * What a projection should be, kept in memory: the objects that it makes need not be in the repository. Reading looks here
 * first, so that an expected tree and one that is there can be compared the same way. Of blobs over 4 MiB the id is enough: they
 * are not compared by fields.
 */
export class ExpectedObjects implements ObjectSink {
  readonly #repo: Repository;
  readonly #contents = new Map<ObjectId, Buffer>();
  readonly #large = new Set<ObjectId>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  add(type: ObjectType, content: Buffer): ObjectId {
    const id = hashObject(this.#repo.objectFormat, type, content);
    if (type !== 'blob' || content.length <= LARGEST_BLOB) this.#contents.set(id, content);
    else this.#large.add(id);
    return id;
  }

  /** The entries of a tree. Throws `BadObjectError` where it is neither expected nor in the repository. */
  async tree(id: ObjectId): Promise<TreeEntry[]> {
    const content = this.#contents.get(id);
    return content === undefined ? readTree(this.#repo, id) : parseTree(content, rawIdLength(this.#repo.objectFormat));
  }

  /** The content of a blob; `undefined` when it is absent, or too large to be kept. */
  async blob(id: ObjectId): Promise<Buffer | undefined> {
    const content = this.#contents.get(id);
    if (content !== undefined) return content;
    const [object] = await this.#repo.readObjects([id]);
    return object?.content;
  }

  /** Whether an object is neither expected nor in the repository, as in a partial clone. */
  async isAbsent(id: ObjectId): Promise<boolean> {
    return !this.#large.has(id) && (await this.blob(id)) === undefined;
  }
}
