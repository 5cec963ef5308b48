import {
  CONTENT_HASH_FILE,
  isSessionFolderName,
  METADATA_FILE,
  PROMPT_FILE,
  TRANSCRIPT_FILE,
} from '../../checkpoint/files.ts';
import { transcriptOf } from '../../compare/session-transcript.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { PathBudget } from '../../git/path-budget.ts';
import { displayName, isTreeMode, type TreeEntry } from '../../git/tree.ts';

/** What a file of a checkpoint is, by its place. */
export type CheckpointPart = 'summary' | 'metadata' | 'prompts' | 'transcript' | 'content hash' | 'other';

/** A file of a checkpoint, or the files that make up one transcript. */
export interface CheckpointFile {
  readonly part: CheckpointPart;
  /** The name of the session's folder; absent for what lies outside of sessions. */
  readonly session?: string;
  /** From the session's folder, else from the checkpoint's, in the names of V1: what is the same file on both sides has the same. */
  readonly name: string;
  /** Where it lies: from the checkpoint's folder; of a transcript its first piece. */
  readonly path: string;
  readonly ref: RefName;
  /** The blobs: one, or a transcript's pieces in order. */
  readonly pieces: readonly TreeEntry[];
}

/** A folder of a checkpoint: its part on `main`, on V1's branch, or in a generation. */
export interface FolderOnRef {
  readonly ref: RefName;
  readonly tree: ObjectId;
}

/** All files of a checkpoint in one layout, which may lie in several folders. Throws `BadObjectError`, also beyond what `PathBudget` allows. */
export async function checkpointFiles(
  objects: ObjectOverlay,
  folders: readonly FolderOnRef[],
): Promise<CheckpointFile[]> {
  const files: CheckpointFile[] = [];
  const budget = new PathBudget();
  for (const { ref, tree } of folders) {
    for (const entry of await objects.tree(tree)) {
      const name = displayName(entry.name);
      if (isTreeMode(entry.mode) && isSessionFolderName(name)) {
        for (const one of await sessionFiles(objects, budget, { ref, session: name, tree: entry.id })) files.push(one);
      } else {
        const part = name === METADATA_FILE ? 'summary' : 'other';
        for (const file of await filesOf(objects, budget, entry, name)) files.push({ part, ref, ...file } as const);
      }
    }
  }
  return files;
}

async function sessionFiles(
  objects: ObjectOverlay,
  budget: PathBudget,
  { ref, session, tree }: FolderOnRef & { readonly session: string },
): Promise<CheckpointFile[]> {
  const { pieces, hash, others } = transcriptOf(await objects.tree(tree));
  const where = { ref, session };
  const files: CheckpointFile[] = [];
  const [first] = pieces;
  if (first !== undefined) {
    files.push({ part: 'transcript', ...where, name: TRANSCRIPT_FILE, path: `${session}/${first.name}`, pieces });
  }
  if (hash !== undefined) {
    const path = `${session}/${hash.name}`;
    files.push({ part: 'content hash', ...where, name: CONTENT_HASH_FILE, path, pieces: [hash] });
  }
  for (const entry of others) {
    for (const file of await filesOf(objects, budget, entry, displayName(entry.name))) {
      files.push({ part: partOf(file.name), ...where, ...file, path: `${session}/${file.path}` });
    }
  }
  return files;
}

function partOf(name: string): CheckpointPart {
  if (name === METADATA_FILE) return 'metadata';
  return name === PROMPT_FILE ? 'prompts' : 'other';
}

/** The file of an entry, or those below the folder that it is. */
async function filesOf(
  objects: ObjectOverlay,
  budget: PathBudget,
  entry: TreeEntry,
  path: string,
): Promise<Array<Pick<CheckpointFile, 'name' | 'path' | 'pieces'>>> {
  const files = [];
  const waiting = [{ entry, path }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const at = next.path;
    if (!isTreeMode(next.entry.mode)) files.push({ name: at, path: at, pieces: [next.entry] });
    else {
      const below = await objects.tree(next.entry.id);
      budget.assertTake(next.entry.id, at, below.length);
      for (const child of below.toReversed()) waiting.push({ entry: child, path: `${at}/${displayName(child.name)}` });
    }
  }
  return files;
}
