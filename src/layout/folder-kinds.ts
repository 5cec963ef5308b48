import { isFullSessionFile, isSessionFolderName, TASKS_FOLDER } from '../checkpoint/files.ts';
import { type FolderKind as CheckpointFolderKind, folderKindIn, roleIn } from '../checkpoint/roles.ts';
import { isRegularFileMode, isTreeMode, type TreeEntry } from '../git/tree.ts';

/** What a folder is decides where its files go; all of what is `outside` of checkpoints goes to `main`. */
export type TreeFolderKind = CheckpointFolderKind | 'outside';

/** The kind of a folder by where it lies; `undefined` for what is not a folder. */
export function kindOfFolder(parent: TreeFolderKind, entry: TreeEntry): TreeFolderKind | undefined {
  if (!isTreeMode(entry.mode)) return undefined;
  return parent === 'outside' ? parent : folderKindIn(parent, entry.name);
}

/** True for a file that goes to `full/*`: its names are those of V1, so that nothing else is taken for it. */
export function isFullFile(parent: TreeFolderKind, entry: TreeEntry): boolean {
  return parent === 'tasks' || (parent === 'session' && isFullSessionFile(entry.name));
}

/** As `isFullFile`, by a file's path below the checkpoint's folder. */
export function isFullPath(path: string): boolean {
  const names = path.split('/');
  const [first = '', second = ''] = names;
  if (names.slice(0, -1).includes(TASKS_FOLDER)) return true;
  return names.length === 2 && isSessionFolderName(first) && isFullSessionFile(second);
}

/** True for a checkpoint's summary that layouts edit; a link or a submodule of that name is not one. */
export function isSummary(parent: TreeFolderKind, entry: TreeEntry): boolean {
  return parent === 'checkpoint' && roleIn(parent, entry.name) === 'summary' && isRegularFileMode(entry.mode);
}
