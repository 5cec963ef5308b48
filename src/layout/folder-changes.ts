import { parsedCommit } from '../git/commit-trees.ts';
import { type ObjectId, rawIdLength } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry, treeIn } from '../git/tree.ts';
import { treeDifferences } from '../git/tree-differences.ts';

/** A folder that another tree has otherwise under its name, or not at all (`undefined`). */
export interface FolderChange {
  readonly name: string;
  readonly old: ObjectId;
  readonly now: ObjectId | undefined;
}

/** The root trees of a walk's commits: those of one batch, and of the batch before it, which has most of the parents. */
export class RootTrees {
  readonly #repo: Repository;
  #known = new Map<ObjectId, Buffer | undefined>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** Reads the root trees of some commits, and forgets all others. Throws `BadObjectError` where a commit can't be read. */
  async load(commits: readonly ObjectId[]): Promise<void> {
    const wanted = [...new Set(commits)];
    const unknown = wanted.filter((id) => !this.#known.has(id));
    const objects = await this.#repo.readObjects(unknown);
    const trees = unknown.map((id, i) => parsedCommit(id, objects[i]).tree);
    const contents = await contentsOf(this.#repo, trees);
    const read = new Map(unknown.map((id, i) => [id, contents.get(trees[i] as ObjectId)]));
    this.#known = new Map(wanted.map((id) => [id, this.#known.get(id) ?? read.get(id)]));
  }

  /** The folders of a kind that a commit has not as a parent has them. None where one of the two roots can't be read. */
  differences(parent: ObjectId, commit: ObjectId, isOfKind: (entry: TreeEntry) => boolean): FolderChange[] {
    return changedFolders(this.#repo, this.#known.get(parent), this.#known.get(commit), isOfKind);
  }
}

/** Folders of a size that many have: what one commit wrote is what a later one changes. */
const KEPT_FOLDERS = 4000;

/** Folders below the roots. Those that were read last are kept. */
export class ChangedFolders {
  readonly #repo: Repository;
  readonly #known = new Map<ObjectId, Buffer | undefined>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** The folders in some changed folders that are not the same any more. What is absent or damaged is passed over. */
  async below<T extends FolderChange>(changes: readonly T[]): Promise<Array<FolderChange & { readonly above: T }>> {
    const ids = changes.flatMap(({ old, now }) => (now === undefined ? [old] : [old, now]));
    const unknown = ids.filter((id) => !this.#known.has(id));
    for (const [id, content] of await contentsOf(this.#repo, unknown)) this.#known.set(id, content);
    const found = changes.flatMap((above) => {
      const now = above.now === undefined ? Buffer.alloc(0) : this.#known.get(above.now);
      return changedFolders(this.#repo, this.#known.get(above.old), now).map((change) => ({ ...change, above }));
    });
    for (const id of this.#known.keys()) {
      if (this.#known.size <= KEPT_FOLDERS) break;
      this.#known.delete(id);
    }
    return found;
  }
}

function changedFolders(
  { objectFormat }: Repository,
  before: Buffer | undefined,
  after: Buffer | undefined,
  isOfKind = ({ mode }: TreeEntry) => isTreeMode(mode),
): FolderChange[] {
  if (before === undefined || after === undefined) return [];
  const differences = treeDifferences(before, after, rawIdLength(objectFormat)) ?? [];
  return differences.flatMap(({ old, now }) => {
    return isOfKind(old) ? [{ name: old.name, old: old.id, now: treeIn(now) }] : [];
  });
}

/** The contents of trees by their ids; `undefined` for what is absent or no tree. */
async function contentsOf(repo: Repository, ids: readonly ObjectId[]): Promise<Map<ObjectId, Buffer | undefined>> {
  const distinct = [...new Set(ids)];
  const objects = await repo.readObjects(distinct);
  return new Map(distinct.map((id, i) => [id, objects[i]?.type === 'tree' ? objects[i].content : undefined]));
}
