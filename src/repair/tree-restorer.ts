import { checkpointOfShardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import { entriesOf } from '../compare/checkpoint-sides.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { PathBudget } from '../git/path-budget.ts';
import { displayName, type TreeEntry, treeIn } from '../git/tree.ts';

/** A folder as the projection gives it, as it is in V2, and as it is in V1; `null` where it is not. */
export interface FolderSides {
  readonly expected: ObjectId | null;
  readonly actual: ObjectId | null;
  readonly v1: ObjectId | null;
}

/** An entry on the three sides. */
interface EntrySides {
  readonly expected: TreeEntry | undefined;
  readonly actual: TreeEntry | undefined;
  readonly v1: TreeEntry | undefined;
}

/**
 * Gives folders of V2 what the projection says, file by file. A file that is there besides stays, unless it is V1's own one
 * at this path, which has its place on another ref: nothing that V1 does not have is removed.
 */
export class TreeRestorer {
  readonly #trees: ObjectOverlay;
  /** Files that V1 does not have and that stayed, by ref and path. */
  readonly #kept: string[] = [];
  /** Summaries that can't be projected, since V1's is absent here. */
  readonly #absent: string[] = [];
  readonly #budget = new PathBudget();
  /** What became of folders, by their sides. */
  readonly #restored = new Map<string, ObjectId | null>();
  /** The refs on which a file had other content, or was one too many. */
  readonly replaced = new Set<RefName>();

  constructor(trees: ObjectOverlay) {
    this.#trees = trees;
  }

  /** True where a file at this path, or below it, was kept though V1 does not have it. */
  hasKept(ref: string | undefined, path: string | undefined): boolean {
    return this.#kept.some((key) => key === `${ref} ${path}` || key.startsWith(`${ref} ${path}/`));
  }

  /** True where the file at this path, or one below it, is absent from V1's objects and could not be made. */
  isAbsent(ref: string | undefined, path: string | undefined): boolean {
    return this.#absent.some((key) => key === `${ref} ${path}` || key.startsWith(`${ref} ${path}/`));
  }

  /** The id of the restored folder, that of the old one where nothing changes; `null` where nothing is in it. */
  async restore(ref: RefName, path: string, sides: FolderSides): Promise<ObjectId | null> {
    const { expected, actual, v1 } = sides;
    if (expected === actual) return actual;
    const entriesIn = (folder: ObjectId | null) => entriesOf(this.#trees, folder);
    const [wanted, there, own] = [await entriesIn(expected), await entriesIn(actual), await entriesIn(v1)];
    const key = `${expected} ${actual} ${v1}`;
    const known = this.#restored.get(key);
    const isFollowed = this.#budget.take((expected ?? actual) as ObjectId, path, wanted.size + there.size);
    // Folders that contain others many times over: each is restored once. What was kept in it is named where it was met first.
    if (known !== undefined && !isFollowed) return known;
    const restored: TreeEntry[] = [];
    for (const name of new Set([...wanted.keys(), ...there.keys()])) {
      const below = path === '' ? displayName(name) : `${path}/${displayName(name)}`;
      const entry = { expected: wanted.get(name), actual: there.get(name), v1: own.get(name) };
      const kept = await this.#restoreEntry(ref, below, entry);
      if (kept !== undefined) restored.push(kept);
    }
    // Also where every entry is the same: the folder that is there may not be as git writes one.
    const id = restored.length === 0 ? null : this.#trees.addTree(restored);
    this.#restored.set(key, id);
    return id;
  }

  async #restoreEntry(ref: RefName, path: string, sides: EntrySides): Promise<TreeEntry | undefined> {
    const { expected, actual } = sides;
    if (isEqual(expected, actual)) return actual;
    if (isFolder(expected) && (actual === undefined || isFolder(actual))) return this.#restoreFolder(ref, path, sides);
    if (expected === undefined)
      return isFolder(actual) ? this.#restoreFolder(ref, path, sides) : this.#extra(ref, path, sides);
    if (isSummaryPath(path) && (await this.#trees.blob(expected.id)) === undefined) {
      this.#absent.push(`${ref} ${path}`);
      return actual;
    }
    if (actual !== undefined && actual.id !== expected.id) this.replaced.add(ref);
    return expected;
  }

  async #restoreFolder(ref: RefName, path: string, sides: EntrySides): Promise<TreeEntry | undefined> {
    const { expected, actual, v1 } = sides;
    const entry = expected ?? actual;
    const folders = { expected: treeIn(expected) ?? null, actual: treeIn(actual) ?? null, v1: treeIn(v1) ?? null };
    const id = await this.restore(ref, path, folders);
    return entry === undefined || id === null ? undefined : { ...entry, id };
  }

  /** A file one too many: it goes where V1 has that very file, whose right place is another one. */
  #extra(ref: RefName, path: string, { actual, v1 }: EntrySides): TreeEntry | undefined {
    if (actual !== undefined && v1?.id === actual.id) return undefined;
    this.#kept.push(`${ref} ${path}`);
    return actual;
  }
}

function isEqual(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.id === b?.id && a?.mode === b?.mode;
}

function isFolder(entry: TreeEntry | undefined): boolean {
  return treeIn(entry) !== undefined;
}

/** Of all files only a summary is another one in V2 than in V1; where V1's is absent, it can't be made. */
function isSummaryPath(path: string): boolean {
  const [shard = '', rest = '', name, ...more] = path.split('/');
  return name === METADATA_FILE && more.length === 0 && checkpointOfShardPath(shard, rest) !== undefined;
}
