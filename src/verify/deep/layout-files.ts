import { type CheckpointId, checkpointOfShardPath, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../../checkpoint/files.ts';
import { checkpointPath, type FileRole } from '../../checkpoint/roles.ts';
import { AT_ONCE } from '../../git/batches.ts';
import { idsOf, type ObjectId, type RefName, rawIdLength } from '../../git/object-id.ts';
import { PathBudget, TOO_MANY_PATHS } from '../../git/path-budget.ts';
import { type ReadContent, readContents } from '../../git/read-contents.ts';
import type { Repository } from '../../git/repository.ts';
import { displayName, isSubmoduleMode, isTreeMode, parseTree, type TreeEntry } from '../../git/tree.ts';

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
export function fileRoleOf({ below }: PlacedObject): FileRole | undefined {
  return below === undefined ? undefined : checkpointPath(below).role;
}

/** A tree that is absent, or `reason` why it can't be read. */
export interface UnreadTree extends PlacedObject {
  readonly reason: string | undefined;
}

/** What lies below some trees. */
export interface LayoutFiles {
  readonly files: readonly PlacedObject[];
  readonly trees: readonly PlacedObject[];
  readonly unread: readonly UnreadTree[];
}

/**
 * All files below some trees with their paths, or those of some checkpoints alone. Reads trees and never a blob. Goes on where a
 * tree is absent, damaged, or beyond what `PathBudget` allows.
 */
export async function layoutFiles(
  repo: Repository,
  roots: readonly PlacedObject[],
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<LayoutFiles> {
  const files: PlacedObject[] = [];
  const trees: PlacedObject[] = [];
  const unread: UnreadTree[] = [];
  const isWanted = scopeOf(checkpoints);
  const waiting = [...roots];
  const budget = new PathBudget();
  const cut = new Set<string>();
  while (waiting.length > 0) {
    const batch = waiting.splice(0, AT_ONCE);
    const ids = [...new Set(idsOf(batch))];
    const contents = await readContents(repo, ids);
    const read = new Map(ids.map((id, i) => [id, entriesOf(repo, contents[i])]));
    for (const tree of batch) {
      trees.push(tree);
      const entries = read.get(tree.id) ?? { reason: undefined };
      if (!Array.isArray(entries)) {
        unread.push({ ...tree, reason: entries.reason });
        continue;
      }
      if (!budget.take(tree.id, tree.path, entries.length)) {
        // Once for a checkpoint: there may be as many of these as there are paths.
        const where = `${tree.ref} ${tree.checkpoint}`;
        if (!cut.has(where)) unread.push({ ...tree, reason: TOO_MANY_PATHS });
        cut.add(where);
        continue;
      }
      for (const entry of entries) {
        const child = placedBelow(tree, entry);
        if (!isWanted(child.path)) continue;
        if (isTreeMode(entry.mode)) waiting.push(child);
        else if (!isSubmoduleMode(entry.mode)) files.push(child); // a submodule's commit is never in this repository
      }
    }
  }
  return { files, trees, unread };
}

function entriesOf(repo: Repository, read: ReadContent | undefined): TreeEntry[] | { reason: string | undefined } {
  if (read === undefined || read.type === 'absent') return { reason: undefined };
  if (read.type === 'damaged') return { reason: read.reason };
  if (read.type !== 'tree') return { reason: `it should be a tree, but is a ${read.type}` };
  try {
    return parseTree(read.content, rawIdLength(repo.objectFormat));
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

function placedBelow(tree: PlacedObject, entry: TreeEntry): PlacedObject {
  const name = displayName(entry.name);
  const path = tree.path === '' ? name : `${tree.path}/${name}`;
  const place = { ref: tree.ref, path, id: entry.id };
  if (tree.below === undefined || tree.checkpoint === undefined) {
    const checkpoint = checkpointOfShardPath(tree.path, name);
    return checkpoint === undefined ? place : { ...place, checkpoint, below: '' };
  }
  const session = tree.below === '' && isSessionFolderName(name) ? name : tree.session;
  const below = tree.below === '' ? name : `${tree.below}/${name}`;
  return { ...place, checkpoint: tree.checkpoint, ...(session === undefined ? {} : { session }), below };
}

/** Whether a path is one of a checkpoint that is asked for, inside it or on the way to it. */
function scopeOf(checkpoints: ReadonlySet<CheckpointId> | undefined): (path: string) => boolean {
  if (checkpoints === undefined) return () => true;
  const folders = new Set([...checkpoints].map(shardPath));
  const shards = new Set([...folders].map((folder) => folder.slice(0, 2)));
  return (path) => {
    const [shard = '', rest] = path.split('/', 2);
    return rest === undefined ? shards.has(shard) : folders.has(`${shard}/${rest}`);
  };
}
