import { isFullSessionFile, isSessionFolderName, METADATA_FILE, TASKS_FOLDER } from '../checkpoint/files.ts';
import { isRegularFileMode, isTreeMode, type TreeEntry } from '../git/tree.ts';

/** What a folder is decides where its files go (the table of `docs/format.md`). */
export type FolderKind =
  /** A checkpoint's own folder, `a3/b2c4d5e6f7`. */
  | 'checkpoint'
  /** A session's, `a3/b2c4d5e6f7/0`. */
  | 'session'
  /** A `tasks` folder in a checkpoint, or a folder in one: all of it goes to `full/*`. */
  | 'tasks'
  /** Any other folder in a checkpoint. */
  | 'other'
  /** A folder that is in no checkpoint: all of it goes to `main`. */
  | 'outside';

/** The kind of a folder by where it lies; `undefined` for what is no folder. */
export function kindOfFolder(parent: FolderKind, entry: TreeEntry): FolderKind | undefined {
  if (!isTreeMode(entry.mode)) return undefined;
  if (parent === 'tasks' || parent === 'outside') return parent;
  if (entry.name === TASKS_FOLDER) return 'tasks';
  return parent === 'checkpoint' && isSessionFolderName(entry.name) ? 'session' : 'other';
}

/** True for a file that goes to `full/*`. */
export function isFullFile(parent: FolderKind, entry: TreeEntry): boolean {
  return parent === 'tasks' || (parent === 'session' && isFullSessionFile(entry.name));
}

/** True for a checkpoint's summary, which is edited on its way to `main`; a link or a submodule of that name is none. */
export function isSummary(parent: FolderKind, entry: TreeEntry): boolean {
  return parent === 'checkpoint' && entry.name === METADATA_FILE && isRegularFileMode(entry.mode);
}
