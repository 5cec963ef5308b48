import { appendTo } from '../checkpoint/append-to.ts';
import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import { editableSummary, editSummary, renumberSessions } from '../checkpoint/summary-sessions.ts';
import { OUR_NAMES } from '../checkpoint/transcript.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { type Entries, entriesOf, folderIn } from './checkpoint-sides.ts';
import type { Difference } from './difference.ts';
import { fillFields } from './fill-fields.ts';
import { mergeEntries } from './merge-entries.ts';
import { mergeSessionTranscripts } from './merge-transcripts.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';
import type { Reconciled } from './reconcile.ts';

/** True where something is there in place of what should be, so that this is lost. What is only missing is reconciled. */
export function isReplaced(difference: Difference): boolean {
  if (difference.kind === 'file') return difference.change === 'changed';
  if (difference.kind === 'field') return difference.weight === 'error' && difference.change !== 'added';
  return difference.kind === 'listed session';
}

/**
 * A checkpoint that was reconciled, with what should be there in place of what replaced it: files and transcripts whole, metadata
 * field by field, so that what another writer has put there besides stays.
 */
export async function fillLost(
  checkpoint: PairedCheckpoint,
  found: readonly Difference[],
  done: Reconciled,
): Promise<Reconciled> {
  const replaced = found.filter(isReplaced);
  const onMain = replaced.filter(({ part }) => part === 'main');
  const main = done.main === undefined ? undefined : await fillMain(checkpoint, onMain, done.main);
  const full = new Map(done.full);
  const refs = new Set(replaced.flatMap(({ part, ref }) => (part === 'full' && ref !== undefined ? [ref] : [])));
  for (const ref of refs) {
    const folder = full.get(ref);
    const inIt = replaced.filter((one) => one.part === 'full' && one.ref === ref);
    if (folder !== undefined) full.set(ref, await fillFull(checkpoint, inIt, folder));
  }
  return { ...done, main, full: full as ReadonlyMap<RefName, ObjectId> };
}

async function fillMain(
  { id, trees, numbers }: PairedCheckpoint,
  replaced: readonly Difference[],
  folder: ObjectId,
): Promise<ObjectId> {
  const moved = new Map([...numbers].filter(([from, to]) => from !== to));
  const byPath = new Map<string, Difference[]>();
  for (const one of replaced) appendTo(byPath, one.path, one);
  let filled = folder;
  for (const [path, group] of byPath) {
    const below = path.slice(shardPath(id).length + 1);
    const ours = group[0]?.expected;
    if (ours === undefined) continue;
    const isWhole = group.some(({ kind }) => kind === 'file');
    const theirs = isWhole ? undefined : await entryAt(trees, filled, below);
    const blob =
      theirs === undefined
        ? await renumbered(trees, below, ours, moved)
        : await filledFile(trees, theirs, ours, group, moved);
    filled = await withEntry(trees, filled, below, { ...ours, mode: theirs?.mode ?? ours.mode, id: blob });
  }
  return filled;
}

/** The file that should be there; a summary with the numbers that its sessions have there. */
async function renumbered(
  trees: ObjectOverlay,
  path: string,
  ours: TreeEntry,
  moved: ReadonlyMap<string, string>,
): Promise<ObjectId> {
  if (path !== METADATA_FILE || moved.size === 0) return ours.id;
  const summary = editableSummary(await trees.blob(ours.id));
  return summary === undefined ? ours.id : trees.add('blob', editSummary(summary, renumberSessions(summary, moved)));
}

async function filledFile(
  trees: ObjectOverlay,
  theirs: TreeEntry,
  ours: TreeEntry,
  group: readonly Difference[],
  moved: ReadonlyMap<string, string>,
): Promise<ObjectId> {
  const [left, right] = [await trees.blob(theirs.id), await trees.blob(ours.id)];
  if (left === undefined || right === undefined) return theirs.id;
  return trees.add('blob', fillFields(left, right, group, moved));
}

/** A checkpoint's folder in a generation in which the transcripts and task files that were changed are as they should be. */
async function fillFull(
  { trees, expected, numbers }: PairedCheckpoint,
  replaced: readonly Difference[],
  folder: ObjectId,
): Promise<ObjectId> {
  const entries = new Map(await entriesOf(trees, folder));
  for (const session of new Set(replaced.flatMap((one) => one.session ?? []))) {
    const number = numbers.get(session) ?? session;
    const [mine, theirs] = [folderIn(expected.full, session), folderIn(entries, number)];
    if (mine === undefined || theirs === undefined) continue;
    // With an empty base, all of it is newer than what is there, and takes its place.
    const [before, after] = [await trees.tree(theirs), await trees.tree(mine)];
    const merged = await mergeSessionTranscripts(trees, before, after, [], OUR_NAMES);
    entries.set(number, { mode: '40000', name: number, id: await trees.changeTree(theirs, merged.entries) });
  }
  if (replaced.every(({ session }) => session !== undefined)) return trees.changeTree(folder, entries.values());
  const others = [...expected.full.values()].filter((entry) => !isSessionEntry(entry));
  return trees.changeTree(folder, (await mergeEntries(trees, [...entries.values()], others, [])).entries);
}

async function entryAt(trees: ObjectOverlay, root: ObjectId, path: string): Promise<TreeEntry | undefined> {
  const [name = '', ...below] = path.split('/');
  const entries: Entries = await entriesOf(trees, root);
  const entry = entries.get(name);
  if (below.length === 0 || entry === undefined) return entry;
  return isTreeMode(entry.mode) ? entryAt(trees, entry.id, below.join('/')) : undefined;
}

async function withEntry(trees: ObjectOverlay, root: ObjectId, path: string, file: TreeEntry): Promise<ObjectId> {
  const [name = '', ...below] = path.split('/');
  const entries = new Map(await entriesOf(trees, root));
  if (below.length === 0) entries.set(name, { ...file, name });
  else {
    const folder = folderIn(entries, name) ?? trees.addTree([]);
    entries.set(name, { mode: '40000', name, id: await withEntry(trees, folder, below.join('/'), file) });
  }
  return trees.addTree(entries.values());
}
