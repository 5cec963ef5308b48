import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName, METADATA_FILE } from '../../checkpoint/files.ts';
import type { SessionIdentity } from '../../checkpoint/pair-sessions.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import type { CheckpointFacts } from '../../layout/survey.ts';
import type { ForeignGeneration } from './foreign-v2.ts';
import { transcriptKey } from './merge-transcripts.ts';

/** A folder's entries by name. */
export type Entries = ReadonlyMap<string, TreeEntry>;

/** What V1's projection has for a checkpoint: its part on `main` and its part on `full/*`. */
export interface ProjectedSide {
  readonly main: ObjectId | null;
  readonly full: ObjectId | null;
}

/** A generation that holds a checkpoint, and the folder that it has for it. */
export interface Holder {
  readonly generation: ForeignGeneration;
  readonly folder: ObjectId;
}

/** A checkpoint that both layouts may have, in all the places where it is. */
export interface CheckpointSides {
  readonly id: CheckpointId;
  /** The folder in V1's own tree. */
  readonly tree: ObjectId;
  readonly v1: ProjectedSide;
  /**
   * What V1 had when a migration last added to this V2; `undefined` where none did. What V1 has changed since replaces what
   * V2 has.
   */
  readonly base: ProjectedSide | undefined;
  /** The folder on the V2 `main` that is there. */
  readonly main: ObjectId | undefined;
  /** In the order in which a reader looks. */
  readonly holders: readonly Holder[];
}

/** Reads ahead the folders of checkpoints and of their sessions, on all sides. */
export async function loadSides(trees: ObjectOverlay, batch: readonly CheckpointSides[]): Promise<void> {
  const folders = batch
    .flatMap(({ v1, base, main, holders }) => [v1, base, { main, full: null }, ...holders.map(holderSide)])
    .flatMap((side) => [side?.main ?? [], side?.full ?? []].flat());
  await trees.load(folders);
  const entries = await Promise.all(folders.map((id) => trees.tree(id)));
  await trees.load(entries.flat().flatMap(({ mode, id }) => (isTreeMode(mode) ? [id] : [])));
}

const holderSide = ({ folder }: Holder): ProjectedSide => ({ main: null, full: folder });

/** A folder's entries by name; none for a folder that is not there. */
export async function entriesOf(trees: ObjectOverlay, id: ObjectId | null | undefined): Promise<Entries> {
  return new Map((await trees.tree(id)).map((entry) => [entry.name, entry]));
}

/** The folder with this name among entries; `undefined` where there is none, or a file bears its name. */
export function folderIn(entries: Entries, name: string): ObjectId | undefined {
  const entry = entries.get(name);
  return entry !== undefined && isTreeMode(entry.mode) ? entry.id : undefined;
}

/** The sessions of a checkpoint on one side, by its folder on `main` and those in generations, in the order of their numbers. */
export async function identitiesOf(
  trees: ObjectOverlay,
  main: Entries,
  full: readonly Entries[],
  facts: CheckpointFacts | undefined,
): Promise<SessionIdentity[]> {
  const numbers = new Set(
    [main, ...full].flatMap((entries) => [...entries.values()].filter(isSessionFolder)).map(nameOf),
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

/** True for the folder of a session. */
export function isSessionFolder(entry: TreeEntry): boolean {
  return isTreeMode(entry.mode) && isSessionFolderName(entry.name);
}

/** By number, and by name where two names mean one number. */
function byNumber(a: string, b: string): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1;
}
