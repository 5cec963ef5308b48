import { nextSession } from '../../../checkpoint/files.ts';
import {
  type CheckpointConflict,
  type CheckpointEntries,
  longerTranscript,
  mergeFolders,
  readFolder,
  sessionFolderOf,
} from '../../../compare/merge-checkpoint.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Repository } from '../../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../../git/tree.ts';

/** A checkpoint that both V2s have, and not the same: its folders on `main`, and in generations, where these have one. */
export interface SplitConflict extends CheckpointConflict {
  readonly full: { readonly first: ObjectId | undefined; readonly second: ObjectId | undefined };
}

/** A checkpoint's folders with what both have. */
export interface MergedSplit {
  readonly main: ObjectId;
  readonly full: ObjectId | undefined;
  /** Whether a version of a transcript is in neither folder any more. */
  readonly isReplaced: boolean;
}

/**
 * Merges a checkpoint that lies on `main` and in generations. Sessions are paired by the IDs that `main` has. Of two versions of a
 * transcript the one that continues the other counts, else the one that was written last; `main`'s part of a session goes with it
 * where both have changed it.
 */
export async function mergeSplit(
  repo: Repository,
  objects: ObjectOverlay,
  conflict: SplitConflict,
): Promise<MergedSplit> {
  const { first, second, full, isSecondLater } = conflict;
  const [a, b] = [await readFolder(objects, first), await readFolder(objects, second)];
  const [fullA, fullB] = [await entriesOf(objects, full.first), await entriesOf(objects, full.second)];
  const entries = new Map(fullA);
  const isTheirs = new Map<string, boolean>();
  let isReplaced = false;
  for (const [name, session] of a?.sessions ?? []) {
    const [ours, theirs] = [fullA.get(name), fullB.get(sessionFolderOf(b, session, name) ?? '')];
    if (theirs === undefined || ours?.id === theirs.id) continue;
    const longer = ours === undefined ? theirs.id : await longerTranscript(repo, objects, ours.id, theirs.id);
    const isSecond = longer === undefined ? isSecondLater : longer === theirs.id;
    isTheirs.set(name, isSecond);
    isReplaced ||= longer === undefined;
    const [chosen, other] = isSecond ? [theirs, ours] : [ours, theirs];
    if (chosen !== undefined) entries.set(name, { ...chosen, name, id: await withFolders(objects, chosen, other) });
  }
  const merged = await mergeFolders(objects, conflict, async ({ session, ours, theirs, base }) => {
    if (theirs === base) return ours;
    if (ours === base) return theirs;
    return (isTheirs.get(session) ?? isSecondLater) ? theirs : ours;
  });
  await addOthers(objects, entries, [a, b], fullB, { added: merged.added, isSecondLater });
  const isEmpty = entries.size === 0;
  return { main: merged.folder, full: isEmpty ? undefined : objects.addTree(entries.values()), isReplaced };
}

async function entriesOf(objects: ObjectOverlay, folder: ObjectId | undefined): Promise<Map<string, TreeEntry>> {
  return new Map((await objects.tree(folder)).map((entry) => [entry.name, entry]));
}

/** A session's folder with the folders, of tasks, that only the other version has. */
async function withFolders(objects: ObjectOverlay, chosen: TreeEntry, other: TreeEntry | undefined): Promise<ObjectId> {
  const entries = await entriesOf(objects, chosen.id);
  for (const entry of await objects.tree(other?.id)) {
    if (isTreeMode(entry.mode) && !entries.has(entry.name)) entries.set(entry.name, entry);
  }
  return objects.changeTree(chosen.id, entries.values());
}

/** Adds what only the second has: sessions under the names that they got on `main`, and what is not a session's. */
async function addOthers(
  objects: ObjectOverlay,
  entries: Map<string, TreeEntry>,
  [a, b]: readonly [CheckpointEntries | undefined, CheckpointEntries | undefined],
  theirs: ReadonlyMap<string, TreeEntry>,
  { added, isSecondLater }: { readonly added: ReadonlyMap<string, string>; readonly isSecondLater: boolean },
): Promise<void> {
  for (const [name, entry] of theirs) {
    const now = added.get(name);
    if (now !== undefined) {
      entries.set(now, { ...entry, name: now });
      continue;
    }
    if (b?.sessions.has(name) === true && [...(a?.sessions.values() ?? [])].includes(b.sessions.get(name) ?? ''))
      continue;
    const ours = entries.get(name);
    if (ours === undefined && a?.sessions.has(name) !== true) entries.set(name, entry);
    else if (a?.sessions.has(name) === true) {
      // A transcript of which the second's `main` says nothing, where the first has a session of that number.
      const free = nextSession([...entries.keys(), ...a.sessions.keys(), ...added.values()]);
      entries.set(free, { ...entry, name: free });
    } else if (ours !== undefined && ours.id !== entry.id) {
      const [chosen, other] = isSecondLater ? [entry, ours] : [ours, entry];
      const areFolders = isTreeMode(chosen.mode) && isTreeMode(other.mode);
      entries.set(name, areFolders ? { ...chosen, id: await withFolders(objects, chosen, other) } : chosen);
    }
  }
}
