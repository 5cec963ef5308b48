import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName, METADATA_FILE } from '../../checkpoint/files.ts';
import { TRANSCRIPT_NAMES, transcriptPieces } from '../../checkpoint/transcript.ts';
import { isBeginning } from '../../compare/is-beginning.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { textOf, tryObject } from '../../json/read.ts';
import { joinSessions } from '../../project/back/join-sessions.ts';

/** A checkpoint that two clones have changed: its folder in each, and in what both come from. */
export interface CheckpointConflict {
  readonly id: CheckpointId;
  readonly first: ObjectId;
  readonly second: ObjectId;
  readonly base: ObjectId | undefined;
  /** Whether the second was written last. */
  readonly isSecondLater: boolean;
}

/**
 * The folder of a checkpoint with what both have. Sessions are paired by their IDs; of two versions of one session the one that
 * continues the other counts, else the one that was written last. A file beside the sessions that only one has changed is taken from
 * there, else from who wrote last.
 */
export async function mergeCheckpoint(
  repo: Repository,
  objects: ObjectOverlay,
  conflict: CheckpointConflict,
): Promise<ObjectId> {
  const [first, second, base] = await Promise.all(
    [conflict.first, conflict.second, conflict.base].map((folder) => readFolder(objects, folder)),
  );
  const entries = new Map(first?.entries);
  for (const [name, theirs] of second?.entries ?? []) {
    if (second?.sessions.has(theirs.name)) continue;
    const ours = entries.get(name);
    const before = base?.entries.get(name)?.id;
    if (ours === undefined ? before === undefined : isTaken(ours.id, theirs.id, before, conflict))
      entries.set(name, theirs);
  }
  for (const [name, session] of first?.sessions ?? []) {
    const ours = first?.entries.get(name);
    const theirs = entryOf(second, session);
    if (ours === undefined || theirs === undefined || theirs.id === ours.id) continue;
    const chosen = await chooseSession(repo, objects, ours.id, theirs.id, entryOf(base, session)?.id, conflict);
    entries.set(name, { ...ours, id: chosen });
  }
  const merged = objects.addTree(entries.values());
  return (await joinSessions(objects, conflict.id, merged, conflict.second))?.folder ?? merged;
}

interface Folder {
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** What each session is paired by: its ID, else its folder's name; by the folder's name. */
  readonly sessions: ReadonlyMap<string, string>;
}

async function readFolder(objects: ObjectOverlay, id: ObjectId | undefined): Promise<Folder | undefined> {
  if (id === undefined) return undefined;
  const entries = new Map((await objects.tree(id)).map((entry) => [entry.name, entry]));
  const sessions = new Map<string, string>();
  for (const { name, mode, id: folder } of entries.values()) {
    if (!isTreeMode(mode) || !isSessionFolderName(name)) continue;
    const metadata = (await objects.tree(folder)).find((entry) => entry.name === METADATA_FILE);
    const content = metadata && (await objects.blob(metadata.id));
    sessions.set(name, (content && textOf(tryObject(content)?.session_id)) ?? `folder ${name}`);
  }
  return { entries, sessions };
}

/** The last folder with a session. */
function entryOf(folder: Folder | undefined, session: string): TreeEntry | undefined {
  const name = [...(folder?.sessions ?? [])].filter(([, id]) => id === session).at(-1)?.[0];
  return name === undefined ? undefined : folder?.entries.get(name);
}

function isTaken(
  ours: ObjectId,
  theirs: ObjectId,
  base: ObjectId | undefined,
  { isSecondLater }: CheckpointConflict,
): boolean {
  if (ours === theirs || theirs === base) return false;
  return ours === base || isSecondLater;
}

async function chooseSession(
  repo: Repository,
  objects: ObjectOverlay,
  ours: ObjectId,
  theirs: ObjectId,
  base: ObjectId | undefined,
  { isSecondLater }: CheckpointConflict,
): Promise<ObjectId> {
  if (theirs === base) return ours;
  if (ours === base) return theirs;
  const [one, other] = [await transcriptOf(repo, objects, ours), await transcriptOf(repo, objects, theirs)];
  if (one !== undefined && other === undefined) return ours;
  if (one === undefined && other !== undefined) return theirs;
  if (one !== undefined && other !== undefined && one.size !== other.size) {
    const [short, long] = one.size < other.size ? [one, other] : [other, one];
    if (await isBeginning(repo, short.pieces, long.pieces)) return one.size < other.size ? theirs : ours;
  }
  return isSecondLater ? theirs : ours;
}

async function transcriptOf(repo: Repository, objects: ObjectOverlay, session: ObjectId) {
  const files = new Map((await objects.tree(session)).map((entry) => [entry.name, entry.id]));
  for (const { transcript } of TRANSCRIPT_NAMES) {
    const pieces = transcriptPieces(files.keys(), transcript).flatMap((name) => files.get(name) ?? []);
    if (pieces.length === 0) continue;
    const infos = await repo.objectInfo(pieces);
    return { pieces, size: infos.reduce((total, info) => total + (info?.size ?? 0), 0) };
  }
  return undefined;
}
