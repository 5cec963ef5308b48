import { isSessionFolderName, METADATA_FILE, PROMPT_FILE, TASKS_FOLDER } from './files.ts';
import { COMPACT_NAMES, TRANSCRIPT_NAMES } from './transcript.ts';

/**
 * What a file of a checkpoint is, by its place and name alone, in every layout:
 * - `summary`: `metadata.json` at the checkpoint's root; `metadata`: a session's own.
 * - `prompts`, `transcript` (each piece of it, under any writer's names), `hash`: of a session.
 * - `compact`, `compact-hash`: a session's compact transcript, and the hash that some writers put beside it.
 * - `task`: everything below a `tasks` folder.
 * - `other`: what is not known; it is kept as it is.
 */
export type FileRole =
  | 'summary'
  | 'metadata'
  | 'prompts'
  | 'transcript'
  | 'hash'
  | 'compact'
  | 'compact-hash'
  | 'task'
  | 'other';

/** What a folder is: a checkpoint's own, a session's, a `tasks` folder or one in it, or any other in a checkpoint. */
export type FolderKind = 'checkpoint' | 'session' | 'tasks' | 'other';

/** What the folder of this name is in a folder of a checkpoint. */
export function folderKindIn(parent: FolderKind, name: string): FolderKind {
  if (parent === 'tasks' || name === TASKS_FOLDER) return 'tasks';
  return parent === 'checkpoint' && isSessionFolderName(name) ? 'session' : 'other';
}

/** What the file of this name is in a folder of a checkpoint. */
export function roleIn(parent: FolderKind, name: string): FileRole {
  if (parent === 'tasks') return 'task';
  if (parent === 'checkpoint') return name === METADATA_FILE ? 'summary' : 'other';
  return (parent === 'session' && sessionRole(name)) || 'other';
}

/** Where a path below a checkpoint's folder lies. */
export interface CheckpointPath {
  /** The session that it lies in; absent at the checkpoint's root. */
  readonly session: string | undefined;
  readonly role: FileRole;
}

/** The session and the role of the file at a path below the checkpoint's folder (`0/prompt.txt`). */
export function checkpointPath(path: string): CheckpointPath {
  const names = path.split('/');
  const name = names.pop() ?? '';
  let kind: FolderKind = 'checkpoint';
  for (const folder of names) kind = folderKindIn(kind, folder);
  const [first = ''] = names;
  return { session: isSessionFolderName(first) ? first : undefined, role: roleIn(kind, name) };
}

/** The names of files that may have more pieces, with numbers behind them. */
const IN_PIECES = new Map<string, FileRole>([
  ...TRANSCRIPT_NAMES.map(({ transcript }): [string, FileRole] => [transcript, 'transcript']),
  [COMPACT_NAMES.transcript, 'compact'],
]);

const WHOLE = new Map<string, FileRole>([
  [METADATA_FILE, 'metadata'],
  [PROMPT_FILE, 'prompts'],
  ...TRANSCRIPT_NAMES.map(({ contentHash }): [string, FileRole] => [contentHash, 'hash']),
  [COMPACT_NAMES.contentHash, 'compact-hash'],
  ...IN_PIECES,
]);

const PIECE = /\.\d{3,}$/;

/** True for the name of a file that is a transcript, a piece of one or its content hash in a session's folder, under any writer's names. */
export function isPartOfTranscript(name: string): boolean {
  const role = sessionRole(name);
  return role === 'transcript' || role === 'hash';
}

function sessionRole(name: string): FileRole | undefined {
  return WHOLE.get(name) ?? (PIECE.test(name) ? IN_PIECES.get(name.replace(PIECE, '')) : undefined);
}
