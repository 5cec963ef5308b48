import { addTree } from './add-tree.ts';
import { type ParsedCommit, parseCommit } from './commit.ts';
import { parsedCommit } from './commit-trees.ts';
import { TooLargeError } from './errors.ts';
import { hashObject, type ObjectFormat, type ObjectId, type ObjectType, rawIdLength } from './object-id.ts';
import { readTrees } from './read-trees.ts';
import { contentIn, readDocuments } from './read-usable.ts';
import type { GitObject, ObjectSink, Repository } from './repository.ts';
import { parseTree, type TreeEntry } from './tree.ts';

/** For `largestBlob` where objects are only compared: files of more than 4 MiB are not looked into. */
export const LARGEST_COMPARED = 4 * 1024 * 1024;

/**
 * Objects that are not written, and those of the repository, read as one: what a projection should be can be compared with
 * what is there, and of what may be needed `store` takes over into a writer what is. Blobs of more than `largestBlob` bytes are
 * known by their ids alone, and can't be stored: for who only compares.
 */
export class ObjectOverlay implements ObjectSink {
  readonly #repo: Repository;
  readonly #largestBlob: number;
  readonly #staged = new Map<ObjectId, { readonly type: ObjectType; readonly content: Buffer }>();
  readonly #large = new Set<ObjectId>();
  readonly #loaded = new Map<ObjectId, readonly TreeEntry[]>();

  constructor(repo: Repository, { largestBlob = Number.POSITIVE_INFINITY } = {}) {
    this.#repo = repo;
    this.#largestBlob = largestBlob;
  }

  /** How the ids are made. */
  get format(): ObjectFormat {
    return this.#repo.objectFormat;
  }

  add(type: ObjectType, content: Buffer): ObjectId {
    const id = hashObject(this.#repo.objectFormat, type, content);
    if (type === 'blob' && content.length > this.#largestBlob) this.#large.add(id);
    else this.#staged.set(id, { type, content });
    return id;
  }

  /** A staged object; `undefined` for what is not staged. */
  staged(id: ObjectId): GitObject | undefined {
    const object = this.#staged.get(id);
    return object && { id, ...object };
  }

  /** Stages a tree of entries in any order. */
  addTree(entries: Iterable<TreeEntry>): ObjectId {
    return addTree(this, entries);
  }

  /** Stages a tree that another one becomes; the same id where nothing changed, whatever order its entries are in. */
  async changeTree(old: ObjectId | undefined, entries: Iterable<TreeEntry>): Promise<ObjectId> {
    const list = [...entries]; // an iterator can be gone through once
    const after = new Map(list.map((entry) => [entry.name, entry.id]));
    const before = await this.tree(old);
    const isSame = before.length === after.size && before.every(({ name, id }) => after.get(name) === id);
    return old !== undefined && isSame ? old : this.addTree(list);
  }

  /** Reads trees of the repository ahead of `tree`, in one go. Throws `BadObjectError` where one is absent or no tree. */
  async load(ids: Iterable<ObjectId>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#staged.has(id) && !this.#loaded.has(id));
    const trees = await readTrees(this.#repo, wanted);
    wanted.forEach((id, i) => {
      this.#loaded.set(id, trees[i] ?? []);
    });
  }

  /** Forgets what `load` and `tree` have read, which bounds the memory that a long run takes. */
  unload(): void {
    this.#loaded.clear();
  }

  /** A tree's entries; none for `undefined` and `null`. Throws `BadObjectError` where it is absent or no tree. */
  async tree(id: ObjectId | null | undefined): Promise<readonly TreeEntry[]> {
    if (!id) return [];
    const staged = this.#staged.get(id);
    if (staged !== undefined) return parseTree(staged.content, rawIdLength(this.#repo.objectFormat));
    await this.load([id]);
    return this.#loaded.get(id) ?? [];
  }

  /** A blob's content; `undefined` when it is absent, or too large to be kept or to be read whole. */
  async blob(id: ObjectId): Promise<Buffer | undefined> {
    const staged = this.#staged.get(id);
    if (staged !== undefined) return staged.content;
    if (this.#large.has(id)) return undefined;
    const [document] = await readDocuments(this.#repo, [id]);
    if (document instanceof TooLargeError) this.#large.add(id);
    return contentIn(document);
  }

  /** A commit. Throws `BadObjectError` where it is absent or not a commit. */
  async commit(id: ObjectId): Promise<ParsedCommit> {
    const staged = this.#staged.get(id);
    if (staged?.type === 'commit') return parseCommit(staged.content);
    const [object] = await this.#repo.readObjects([id]);
    return parsedCommit(id, object);
  }

  /** True where a blob is neither staged nor in the repository, as in a partial clone. */
  async isAbsent(id: ObjectId): Promise<boolean> {
    return (await this.blob(id)) === undefined && !this.#large.has(id);
  }

  /** Hands over to another sink what is staged of an object and of everything that it refers to, children first. */
  store(id: ObjectId, sink: ObjectSink): void {
    const staged = this.#staged.get(id);
    if (staged === undefined) return;
    this.#staged.delete(id);
    if (staged.type === 'commit') this.store(parseCommit(staged.content).tree, sink);
    if (staged.type === 'tree') {
      for (const entry of parseTree(staged.content, rawIdLength(this.#repo.objectFormat))) this.store(entry.id, sink);
    }
    sink.add(staged.type, staged.content);
  }
}
