import { CONTENT_HASH_FILE, isSessionFolderName, TRANSCRIPT_FILE } from '../../checkpoint/files.ts';
import { checkpointPath, type FileRole } from '../../checkpoint/roles.ts';
import { transcriptOf } from '../../compare/session-transcript.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { PathBudget } from '../../git/path-budget.ts';
import { compareEntries, displayName, isTreeMode, type TreeEntry, treeIn } from '../../git/tree.ts';

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

/** What both sides have of something. */
export type OfBoth<T> = readonly [ours: T, theirs: T];

/** The files of both sides. */
export type FilesOfBoth = OfBoth<CheckpointFile[]>;

/**
 * The files of a checkpoint in two layouts, without those that are the same at the same place in both: of a million files few differ.
 * `folders` are the parts of the checkpoint, as each side has them; `sessions` says which session of theirs each of ours is. Throws
 * `BadObjectError`, also beyond what `PathBudget` allows.
 */
export async function differingFiles(
  objects: ObjectOverlay,
  folders: ReadonlyArray<OfBoth<FolderOnRef | undefined>>,
  sessions: ReadonlyMap<string, string>,
): Promise<FilesOfBoth> {
  const listing: Listing = { objects, budgets: [new PathBudget(), new PathBudget()], files: [[], []] };
  for (const [ours, theirs] of folders) {
    const refs = [ours?.ref, theirs?.ref] as OfBoth<RefName>;
    const entries = [await objects.tree(ours?.tree), await objects.tree(theirs?.tree)] as const;
    for (const pair of sessionPairs(entries, sessions)) await addSession(listing, refs, pair);
    const [left, right] = entries.map((all) => all.filter((entry) => !isSession(entry))) as [TreeEntry[], TreeEntry[]];
    await addFiles(listing, [left, right], (side, path, entry) => {
      return { part: partAt(path), ref: refs[side], name: path, path, pieces: [entry] };
    });
  }
  return listing.files;
}

interface Listing {
  readonly objects: ObjectOverlay;
  readonly budgets: OfBoth<PathBudget>;
  readonly files: FilesOfBoth;
}

const SIDES = [0, 1] as const;

/** A session of both sides, or of one. */
interface SessionPair {
  readonly names: OfBoth<string | undefined>;
  readonly trees: OfBoth<ObjectId | undefined>;
}

function isSession({ mode, name }: TreeEntry): boolean {
  return isTreeMode(mode) && isSessionFolderName(displayName(name));
}

/** The sessions whose folders are not the same in both. */
function* sessionPairs(
  entries: OfBoth<readonly TreeEntry[]>,
  sessions: ReadonlyMap<string, string>,
): Generator<SessionPair> {
  const [ours, theirs] = entries.map((all) => new Map(all.filter(isSession).map(({ name, id }) => [name, id]))) as [
    Map<string, ObjectId>,
    Map<string, ObjectId>,
  ];
  for (const [name, tree] of ours) {
    const other = sessions.get(name);
    const otherTree = other === undefined ? undefined : theirs.get(other);
    if (other !== undefined) theirs.delete(other);
    if (tree !== otherTree) yield { names: [name, other], trees: [tree, otherTree] };
  }
  for (const [name, tree] of theirs) yield { names: [undefined, name], trees: [undefined, tree] };
}

async function addSession(listing: Listing, refs: OfBoth<RefName>, { names, trees }: SessionPair): Promise<void> {
  const others: [readonly TreeEntry[], readonly TreeEntry[]] = [[], []];
  for (const side of SIDES) {
    const session = names[side];
    if (session === undefined) continue;
    const where = { ref: refs[side], session };
    const found = transcriptOf(await listing.objects.tree(trees[side]));
    const [first] = found.pieces;
    if (first !== undefined) {
      const path = `${session}/${first.name}`;
      listing.files[side].push({ part: 'transcript', ...where, name: TRANSCRIPT_FILE, path, pieces: found.pieces });
    }
    if (found.hash !== undefined) {
      const path = `${session}/${found.hash.name}`;
      listing.files[side].push({ part: 'content hash', ...where, name: CONTENT_HASH_FILE, path, pieces: [found.hash] });
    }
    others[side] = found.others;
  }
  await addFiles(listing, others, (side, path, entry) => {
    const session = names[side] ?? '';
    const whole = `${session}/${path}`;
    return { part: partAt(whole), ref: refs[side], session, name: path, path: whole, pieces: [entry] };
  });
}

/** The roles of files by themselves that a diff tells apart. */
const PARTS: Partial<Record<FileRole, CheckpointPart>> = {
  summary: 'summary',
  metadata: 'metadata',
  prompts: 'prompts',
};

function partAt(path: string): CheckpointPart {
  return PARTS[checkpointPath(path).role] ?? 'other';
}

/** Adds the files among the entries of a folder that both have, and those below the folders among them, which differ. */
async function addFiles(
  { objects, budgets, files }: Listing,
  entries: OfBoth<readonly TreeEntry[]>,
  fileOf: (side: (typeof SIDES)[number], path: string, entry: TreeEntry) => CheckpointFile,
): Promise<void> {
  const waiting = [{ folder: '', entries }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const pair of differingPairs(next.entries)) {
      const path = next.folder + displayName((pair[0] ?? pair[1])?.name ?? '');
      const below: [readonly TreeEntry[], readonly TreeEntry[]] = [[], []];
      for (const side of SIDES) {
        const [entry, tree] = [pair[side], treeIn(pair[side])];
        if (tree !== undefined) {
          below[side] = await objects.tree(tree);
          budgets[side].assertTake(tree, path, below[side].length);
        } else if (entry !== undefined) files[side].push(fileOf(side, path, entry));
      }
      if (below.some(({ length }) => length > 0)) waiting.push({ folder: `${path}/`, entries: below });
    }
  }
}

/**
 * The entries of two folders by their names, without those that are the same in both. Where the entries are not in git's order, some of
 * these are among them, each by itself.
 */
function* differingPairs([left, right]: OfBoth<readonly TreeEntry[]>): Generator<OfBoth<TreeEntry | undefined>> {
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [ours, theirs] = [left[i], right[j]];
    const order = ours === undefined ? 1 : theirs === undefined ? -1 : compareEntries(ours, theirs);
    if (order <= 0) i++;
    if (order >= 0) j++;
    if (order === 0 && ours?.id === theirs?.id && ours?.mode === theirs?.mode) continue;
    yield [order <= 0 ? ours : undefined, order >= 0 ? theirs : undefined];
  }
}
