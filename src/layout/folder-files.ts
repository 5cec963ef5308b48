import { folderKindIn, roleIn } from '../checkpoint/roles.ts';
import { idsOf, type ObjectId, type RefName } from '../git/object-id.ts';
import { PathBudget } from '../git/path-budget.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import type { FileEntry } from './layout.ts';

/** A checkpoint's folder on one ref. */
export interface FolderPlace {
  readonly ref: RefName;
  readonly tree: ObjectId;
}

/** What one ref has of a checkpoint: two levels of folders, the deeper ones as entries. */
export interface FolderFiles {
  readonly ref: RefName;
  /** At the checkpoint's root, sessions left out. */
  readonly files: readonly FileEntry[];
  /** By the names of their folders, in the order of the tree. */
  readonly sessions: ReadonlyMap<string, readonly FileEntry[]>;
}

/** Looks into folders of checkpoints, in two round trips however many there are. Throws `BadObjectError`. */
export async function readFolders(
  repo: Repository,
  places: readonly FolderPlace[],
  memory?: TreeMemory,
): Promise<FolderFiles[]> {
  const ids = places.map(({ tree }) => tree);
  const folders = await readTrees(repo, ids, memory);
  const sessionsOf = folders.map((entries) => entries.filter(isSessionEntry));
  const trees = (await readTrees(repo, idsOf(sessionsOf.flat()), memory)).values();
  return places.map(({ ref }, i) => ({
    ref,
    files: (folders[i] ?? []).filter((entry) => !isSessionEntry(entry)).map((entry) => rootFile(ref, entry)),
    sessions: new Map(
      (sessionsOf[i] ?? []).map(({ name }) => {
        return [name, (trees.next().value ?? []).map((entry) => sessionFile(ref, name, entry))];
      }),
    ),
  }));
}

/** True for an entry of a checkpoint's folder that is a session's folder. */
export function isSessionEntry({ mode, name }: TreeEntry): boolean {
  return isTreeMode(mode) && folderKindIn('checkpoint', name) === 'session';
}

function rootFile(ref: RefName, { mode, name, id }: TreeEntry): FileEntry {
  const role = isTreeMode(mode) ? folderRole(name) : roleIn('checkpoint', name);
  return { path: name, role, mode, id, ref };
}

function sessionFile(ref: RefName, session: string, { mode, name, id }: TreeEntry): FileEntry {
  const role = isTreeMode(mode) ? folderRole(name) : roleIn('session', name);
  return { path: `${session}/${name}`, role, mode, id, ref };
}

function folderRole(name: string): FileEntry['role'] {
  return folderKindIn('other', name) === 'tasks' ? 'task' : 'other';
}

/** The files themselves and those below the folders among some entries, whatever their depth. Throws `BadObjectError`, also beyond what `PathBudget` allows. */
export async function filesBelow(repo: Repository, entries: readonly FileEntry[]): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  const budget = new PathBudget();
  let level = entries;
  while (level.length > 0) {
    const folders = level.filter(({ mode }) => isTreeMode(mode));
    for (const one of level) if (!isTreeMode(one.mode)) files.push(one);
    const trees = await readTrees(repo, idsOf(folders));
    level = folders.flatMap((folder, i) => {
      const below = trees[i] ?? [];
      budget.assertTake(folder.id, folder.path, below.length);
      return below.map((entry) => entryBelow(folder, entry));
    });
  }
  return files;
}

function entryBelow({ path, role, ref }: FileEntry, { mode, name, id }: TreeEntry): FileEntry {
  const isTask = role === 'other' && isTreeMode(mode) && folderKindIn('other', name) === 'tasks';
  return { path: `${path}/${name}`, role: isTask ? 'task' : role, mode, id, ref };
}
