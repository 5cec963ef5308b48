import { type CheckpointId, checkpointOfShardPath, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../../checkpoint/files.ts';
import { checkpointPath, type FileRole } from '../../checkpoint/roles.ts';
import { AT_ONCE } from '../../git/batches.ts';
import { idsOf, type ObjectId, type RefName, rawIdLength } from '../../git/object-id.ts';
import { PathBudget, TOO_MANY_PATHS } from '../../git/path-budget.ts';
import { type ReadContent, readContents } from '../../git/read-contents.ts';
import type { Repository } from '../../git/repository.ts';
import { countEntries, displayName, entriesIn, isSubmoduleMode, isTreeMode, type TreeEntry } from '../../git/tree.ts';

/** An object of a layout, and where it lies. */
export interface PlacedObject {
  readonly ref: RefName;
  /** From the root of the ref's tree; empty for that itself. */
  readonly path: string;
  readonly id: ObjectId;
  readonly checkpoint?: string;
  readonly session?: string;
  /** Below the checkpoint's folder; empty for that itself, absent outside of checkpoints. */
  readonly below?: string;
}

/** What a file is; `undefined` outside of checkpoints. */
export function fileRoleOf({ below }: { readonly below?: string | undefined }): FileRole | undefined {
  return below === undefined ? undefined : checkpointPath(below).role;
}

/** A tree that is absent, or `reason` why it can't be read. */
export interface UnreadTree extends PlacedObject {
  readonly reason: string | undefined;
}

/** What lies below some trees. Places take much more memory than ids: of a million files hundreds of megabytes. */
export interface LayoutFiles {
  /** The files that were asked for, in their order. */
  readonly files: readonly PlacedObject[];
  /** The trees that were asked for. */
  readonly trees: readonly PlacedObject[];
  readonly unread: readonly UnreadTree[];
  /** All other files, and all other trees. */
  readonly others: { readonly files: ReadonlySet<ObjectId>; readonly trees: ReadonlySet<ObjectId> };
}

/** What of a layout is listed. */
export interface LayoutWalk {
  readonly roots: readonly PlacedObject[];
  /** These alone; `undefined`: everything. */
  readonly checkpoints?: ReadonlySet<CheckpointId> | undefined;
}

/** Which files and trees are asked for with their places. */
export interface PlacesAsked {
  readonly file: (file: Pick<EntryPlace, 'id' | 'path' | 'below'>) => boolean;
  readonly tree: (tree: PlacedObject) => boolean;
}

/**
 * All files below some trees, or those of some checkpoints alone. Reads trees and never a blob. Goes on where a
 * tree is absent, damaged, or beyond what `PathBudget` allows.
 */
export async function layoutFiles(
  repo: Repository,
  { roots, checkpoints }: LayoutWalk,
  wanted: PlacesAsked,
): Promise<LayoutFiles> {
  const files: PlacedObject[] = [];
  const trees: PlacedObject[] = [];
  const unread: UnreadTree[] = [];
  const others = { files: new Set<ObjectId>(), trees: new Set<ObjectId>() };
  const isInScope = scopeOf(checkpoints);
  const waiting = [...roots];
  const budget = new PathBudget();
  const cut = new Set<string>();
  while (waiting.length > 0) {
    const batch = waiting.splice(0, AT_ONCE);
    const ids = [...new Set(idsOf(batch))];
    const contents = await readContents(repo, ids);
    const read = new Map(ids.map((id, i) => [id, contents[i]]));
    for (const tree of batch) {
      if (wanted.tree(tree)) trees.push(tree);
      else others.trees.add(tree.id);
      const entries = entriesOf(repo, read.get(tree.id));
      if ('reason' in entries) {
        unread.push({ ...tree, reason: entries.reason });
        continue;
      }
      if (!budget.take(tree.id, tree.path, entries.count)) {
        // Once for a checkpoint: there may be as many of these as there are paths.
        const where = `${tree.ref} ${tree.checkpoint}`;
        if (!cut.has(where)) unread.push({ ...tree, reason: TOO_MANY_PATHS });
        cut.add(where);
        continue;
      }
      for (const entry of entries.all) {
        const place = new EntryPlace(tree, entry);
        if (isSubmoduleMode(entry.mode)) continue; // its commit is never in this repository
        if (tree.below === undefined && !isInScope(place)) continue;
        if (isTreeMode(entry.mode)) waiting.push(place.placed());
        else if (wanted.file(place)) files.push(place.placed());
        else others.files.add(entry.id);
      }
    }
  }
  return { files, trees, unread, others };
}

interface Entries {
  readonly count: number;
  readonly all: Iterable<TreeEntry>;
}

/** The entries of a tree, one at a time, or why it can't be read. */
function entriesOf(repo: Repository, read: ReadContent | undefined): Entries | { reason: string | undefined } {
  if (read === undefined || read.type === 'absent') return { reason: undefined };
  if (read.type === 'damaged') return { reason: read.reason };
  if (read.type !== 'tree') return { reason: `it should be a tree, but is a ${read.type}` };
  const idLength = rawIdLength(repo.objectFormat);
  try {
    return { count: countEntries(read.content, idLength), all: entriesIn(read.content, idLength) };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Where an entry of a tree lies: worked out when it is asked for, which of most it is not. */
class EntryPlace {
  readonly #tree: PlacedObject;
  readonly #entry: TreeEntry;

  constructor(tree: PlacedObject, entry: TreeEntry) {
    this.#tree = tree;
    this.#entry = entry;
  }

  get id(): ObjectId {
    return this.#entry.id;
  }

  get path(): string {
    return joined(this.#tree.path, this.#name);
  }

  /** As of a `PlacedObject`; of a file, not of a folder. */
  get below(): string | undefined {
    return this.#tree.below === undefined ? undefined : joined(this.#tree.below, this.#name);
  }

  /** Written out, since there is one for every file: spread together they take more memory and time. */
  placed(): PlacedObject {
    const { ref, checkpoint, session: outer, below } = this.#tree;
    const { id, path } = this;
    if (below === undefined || checkpoint === undefined) {
      const own = checkpointOfShardPath(this.#tree.path, this.#name);
      return own === undefined ? { ref, path, id } : { ref, path, id, checkpoint: own, below: '' };
    }
    const session = below === '' && isSessionFolderName(this.#name) ? this.#name : outer;
    const inside = joined(below, this.#name);
    if (session === undefined) return { ref, path, id, checkpoint, below: inside };
    return { ref, path, id, checkpoint, session, below: inside };
  }

  get #name(): string {
    return displayName(this.#entry.name);
  }
}

function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Whether a path is one of a checkpoint that is asked for, inside it or on the way to it. */
function scopeOf(checkpoints: ReadonlySet<CheckpointId> | undefined): (place: EntryPlace) => boolean {
  if (checkpoints === undefined) return () => true;
  const folders = new Set([...checkpoints].map(shardPath));
  const shards = new Set([...folders].map((folder) => folder.slice(0, 2)));
  return ({ path }) => {
    const [shard = '', rest] = path.split('/', 2);
    return rest === undefined ? shards.has(shard) : folders.has(`${shard}/${rest}`);
  };
}
