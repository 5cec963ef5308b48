import { parseCommit } from '../../git/commit.ts';
import { hashObject, type ObjectId, type ObjectType, rawIdLength } from '../../git/object-id.ts';
import { readTrees } from '../../git/read-trees.ts';
import type { ObjectSink, ObjectWriter, Repository } from '../../git/repository.ts';
import { compareEntries, parseTree, serializeTree, type TreeEntry } from '../../git/tree.ts';

/**
 * Objects that may be needed, and those of the repository, read as one. V1 is projected as a whole to find what V2 lacks, but
 * only what the new commits refer to is to be stored: `store` takes it over into a writer.
 */
export class StagedObjects implements ObjectSink {
  readonly #repo: Repository;
  readonly #staged = new Map<ObjectId, { readonly type: ObjectType; readonly content: Buffer }>();
  readonly #loaded = new Map<ObjectId, readonly TreeEntry[]>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  add(type: ObjectType, content: Buffer): ObjectId {
    const id = hashObject(this.#repo.objectFormat, type, content);
    this.#staged.set(id, { type, content });
    return id;
  }

  /** Stages a tree of entries in any order. */
  addTree(entries: Iterable<TreeEntry>): ObjectId {
    return this.add('tree', serializeTree([...entries].sort(compareEntries)));
  }

  /** Stages a tree that another one becomes; the same id where nothing changed, whatever order its entries are in. */
  async changeTree(old: ObjectId | undefined, entries: Iterable<TreeEntry>): Promise<ObjectId> {
    const list = [...entries]; // an iterator can be gone through once
    const after = new Map(list.map((entry) => [entry.name, entry.id]));
    const before = await this.tree(old);
    const isSame = before.length === after.size && before.every(({ name, id }) => after.get(name) === id);
    return old !== undefined && isSame ? old : this.addTree(list);
  }

  /** Reads trees of the repository ahead of `tree`, in one go. */
  async load(ids: Iterable<ObjectId>): Promise<void> {
    const wanted = [...new Set(ids)].filter((id) => !this.#staged.has(id) && !this.#loaded.has(id));
    const trees = await readTrees(this.#repo, wanted);
    wanted.forEach((id, i) => {
      this.#loaded.set(id, trees[i] ?? []);
    });
  }

  /** Forgets what `load` has read, which bounds the memory that a long run takes. */
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

  /** A blob's content; `undefined` when it is absent. */
  async blob(id: ObjectId): Promise<Buffer | undefined> {
    const staged = this.#staged.get(id);
    if (staged !== undefined) return staged.content;
    const [object] = await this.#repo.readObjects([id]);
    return object?.content;
  }

  /** Hands over to a writer what is staged of an object and of everything that it refers to, children first. */
  store(id: ObjectId, writer: ObjectWriter): void {
    const staged = this.#staged.get(id);
    if (staged === undefined) return;
    this.#staged.delete(id);
    if (staged.type === 'commit') this.store(parseCommit(staged.content).tree, writer);
    if (staged.type === 'tree') {
      for (const entry of parseTree(staged.content, rawIdLength(this.#repo.objectFormat))) this.store(entry.id, writer);
    }
    writer.add(staged.type, staged.content);
  }
}
