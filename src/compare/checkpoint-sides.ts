import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isTreeMode, type TreeEntry, treeIn } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import type { CheckpointSurvey } from '../layout/survey.ts';
import { transcriptKey } from './merge-transcripts.ts';
import type { SessionIdentity } from './pair-sessions.ts';

/** A folder's entries by name. */
export type Entries = ReadonlyMap<string, TreeEntry>;

/** What follows from a source for a checkpoint: its part on `main` and its part on `full/*`; `null` where there is none. */
export interface ExpectedFolders {
  readonly main: ObjectId | null;
  readonly full: ObjectId | null;
}

/** The folder that a generation has for a checkpoint. */
export interface HeldFolder {
  readonly ref: RefName;
  readonly folder: ObjectId;
}

/**
 * A checkpoint as it should be and as it is, in all the places where it is. What should be is V1's projection; two layouts that
 * keep a checkpoint whole are compared by projecting both.
 */
export interface CheckpointSides {
  readonly id: CheckpointId;
  /** The folder in the source's own tree; `undefined` where it does not have the checkpoint. */
  readonly tree: ObjectId | undefined;
  readonly expected: ExpectedFolders;
  /**
   * What was expected when a migration last added to what is there; `undefined` where none did. What the source has changed
   * since replaces what is there.
   */
  readonly base: ExpectedFolders | undefined;
  /** The folder on the `main` that is there. */
  readonly main: ObjectId | undefined;
  /** In the order in which a reader looks. */
  readonly holders: readonly HeldFolder[];
}

/** Reads ahead the folders of checkpoints and of their sessions, on all sides. */
export async function loadSides(trees: ObjectOverlay, batch: readonly CheckpointSides[]): Promise<void> {
  const folders = batch
    .flatMap(({ expected, base, main, holders }) => [
      ...[expected, base].flatMap((side) => [side?.main, side?.full]),
      main,
      ...holders.map(({ folder }) => folder),
    ])
    .flatMap((folder) => folder ?? []);
  await trees.load(folders);
  const entries = await Promise.all(folders.map((id) => trees.tree(id)));
  await trees.load(entries.flat().flatMap(({ mode, id }) => (isTreeMode(mode) ? [id] : [])));
}

/** A folder's entries by name; none for a folder that is not there. */
export async function entriesOf(trees: ObjectOverlay, id: ObjectId | null | undefined): Promise<Entries> {
  return new Map((await trees.tree(id)).map((entry) => [entry.name, entry]));
}

/** The folder with this name among entries; `undefined` where there is none, or a file bears its name. */
export function folderIn(entries: Entries, name: string): ObjectId | undefined {
  return treeIn(entries.get(name));
}

/** The sessions of a checkpoint on one side, by its folder on `main` and those in generations, in the order of their numbers. */
export async function identitiesOf(
  trees: ObjectOverlay,
  main: Entries,
  full: readonly Entries[],
  facts: CheckpointSurvey | undefined,
): Promise<SessionIdentity[]> {
  const numbers = new Set(
    [main, ...full].flatMap((entries) => [...entries.values()].filter(isSessionEntry)).map(nameOf),
  );
  const sessionIds = new Map(facts?.sessions.map(({ name, sessionId }) => [name, sessionId]));
  const identities: SessionIdentity[] = [];
  for (const number of [...numbers].sort(byNumber)) {
    const folder = folderIn(main, number);
    const metadata = (await trees.tree(folder)).find(({ name, mode }) => name === METADATA_FILE && !isTreeMode(mode));
    let transcript: string | undefined;
    for (const entries of full) transcript ??= transcriptKey(await trees.tree(folderIn(entries, number)));
    // An empty ID identifies nothing.
    const sessionId = sessionIds.get(number) || undefined;
    identities.push({ number, sessionId, folder, metadata: metadata?.id, transcript });
  }
  return identities;
}

const nameOf = ({ name }: TreeEntry) => name;

/** By number, and by name where two names mean one number. */
function byNumber(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1;
}
