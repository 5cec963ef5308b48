import { METADATA_FILE } from '../checkpoint/files.ts';
import { namesToWrite, type TranscriptNames } from '../checkpoint/transcript.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { TreeEntry } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { isSummary } from '../layout/folder-kinds.ts';
import { CURRENT_REF } from '../layout/ref-names.ts';
import { type CheckpointSides, type Entries, entriesOf, folderIn } from './checkpoint-sides.ts';
import { mergeEntries, mergeFolder } from './merge-entries.ts';
import { mergeSummary } from './merge-summary.ts';
import { mergeSessionTranscripts } from './merge-transcripts.ts';
import { placeSessions } from './pair-sessions.ts';
import type { HeldPart, PairedCheckpoint } from './paired-checkpoint.ts';

/** What reconciling needs besides the checkpoint. */
export interface ReconcileTools {
  /** True where the transcripts were pruned with their generation: they are not added again. */
  readonly isPruned: boolean;
  /** The names that transcripts have in a generation. */
  readonly namesOf: (ref: RefName) => Promise<TranscriptNames>;
}

/** What becomes of a checkpoint. Folders that stay as they are have the id that they had. */
export interface Reconciled {
  readonly main: ObjectId | undefined;
  /** By the generations' refs; what no generation has a place for yet goes to `full/current`. */
  readonly full: ReadonlyMap<RefName, ObjectId>;
  /** Files on `main`, and transcripts, that differ from V1's and were kept. */
  readonly keptFiles: number;
  readonly keptTranscripts: number;
  /** The summary can't be edited: sessions that were added are not listed in it. */
  readonly isSummaryLeft: boolean;
}

/** Adds to a checkpoint of another writer what V1 has and it lacks. Nothing that it has is removed. */
export async function reconcile(
  sides: CheckpointSides,
  { trees, expected, actual }: PairedCheckpoint,
  tools: ReconcileTools,
): Promise<Reconciled> {
  const numbers = placeSessions(expected.sessions, actual.sessions);
  const onMain = await mergeMain(sides, trees, expected, actual.main ?? new Map(), numbers);
  const onFull = tools.isPruned ? NOTHING : await mergeFull(sides, trees, tools, expected.full, actual.full, numbers);
  return {
    main: onMain.id,
    full: onFull.folders,
    keptFiles: onMain.kept,
    keptTranscripts: onFull.kept,
    isSummaryLeft: onMain.isSummaryLeft,
  };
}

const NOTHING = { folders: new Map<RefName, ObjectId>(), kept: 0 };

async function mergeMain(
  { id, expected, base, main }: CheckpointSides,
  trees: ObjectOverlay,
  { main: branchMain, full: branchFull }: PairedCheckpoint['expected'],
  splitMain: Entries,
  numbers: ReadonlyMap<string, string>,
): Promise<{ id: ObjectId | undefined; kept: number; isSummaryLeft: boolean }> {
  const before = base === undefined ? undefined : await entriesOf(trees, base.main);
  const baseOf = (name: string) => (before === undefined ? undefined : (folderIn(before, name) ?? null));
  const { merged, added, kept } = await mergeSessions(trees, branchMain, splitMain, numbers, baseOf);
  // A session that has nothing but a transcript is listed where V1 lists it.
  for (const session of branchFull.values()) {
    if (!isSessionEntry(session) || branchMain.has(session.name)) continue;
    const number = numbers.get(session.name) ?? session.name;
    if (folderIn(splitMain, number) === undefined) added.set(session.name, new Set());
  }
  const others = await mergeEntries(
    trees,
    [...merged.values()],
    [...branchMain.values()].filter((entry) => !isSessionEntry(entry) && !isSummary('checkpoint', entry)),
    before === undefined ? undefined : [...before.values()],
  );
  const entries = new Map(others.entries.map((entry) => [entry.name, entry]));
  const onBranch = new Set(numbers.values());
  const summary = await mergeSummary(trees, {
    checkpoint: id,
    v1: summaryIn(branchMain),
    base: before === undefined ? undefined : (summaryIn(before) ?? null),
    v2: summaryIn(splitMain),
    numbers,
    added,
    hasOthers: [...splitMain.values()].some((entry) => isSessionEntry(entry) && !onBranch.has(entry.name)),
  });
  if (summary.id !== undefined && !(entries.has(METADATA_FILE) && summaryIn(splitMain) === undefined)) {
    const mode = (entries.get(METADATA_FILE) ?? branchMain.get(METADATA_FILE))?.mode ?? '100644';
    entries.set(METADATA_FILE, { mode, name: METADATA_FILE, id: summary.id });
  }
  const folder = expected.main === null ? main : await trees.changeTree(main, entries.values());
  const branchSummary = summaryIn(branchMain);
  const isSummaryKept = summary.id !== undefined && summary.id === summaryIn(splitMain) && summary.id !== branchSummary;
  // As with every other file: what V1 has not changed since the last migration is V2's own by then.
  const hasChanged = before === undefined || summaryIn(before) !== branchSummary;
  return {
    id: folder,
    kept: kept + others.kept + (isSummaryKept && hasChanged ? 1 : 0),
    isSummaryLeft: summary.isLeft,
  };
}

/** The sessions that V1 has on `main`, merged into those that V2 has; `added` has the files of those that V2 lacked, by V1's names. */
async function mergeSessions(
  trees: ObjectOverlay,
  branchMain: Entries,
  splitMain: Entries,
  numbers: ReadonlyMap<string, string>,
  baseOf: (name: string) => ObjectId | null | undefined,
): Promise<{ merged: Map<string, TreeEntry>; added: Map<string, ReadonlySet<string>>; kept: number }> {
  const merged = new Map(splitMain);
  const added = new Map<string, ReadonlySet<string>>();
  let kept = 0;
  for (const session of [...branchMain.values()].filter(isSessionEntry)) {
    const number = numbers.get(session.name) ?? session.name;
    const theirs = folderIn(splitMain, number);
    if (theirs === undefined && splitMain.has(number)) {
      kept += 1; // a file that bears the number's name
      continue;
    }
    const folder = await mergeFolder(trees, theirs, session.id, baseOf(session.name));
    merged.set(number, { mode: '40000', name: number, id: folder.id });
    kept += folder.kept;
    if (theirs === undefined) added.set(session.name, new Set((await trees.tree(session.id)).map(({ name }) => name)));
  }
  return { merged, added, kept };
}

function summaryIn(entries: Entries): ObjectId | undefined {
  const entry = entries.get(METADATA_FILE);
  return entry !== undefined && isSummary('checkpoint', entry) ? entry.id : undefined;
}

async function mergeFull(
  { base, holders }: CheckpointSides,
  trees: ObjectOverlay,
  { namesOf }: ReconcileTools,
  branchFull: Entries,
  splitFull: readonly HeldPart[],
  numbers: ReadonlyMap<string, string>,
): Promise<{ folders: Map<RefName, ObjectId>; kept: number }> {
  const before = base === undefined ? undefined : await entriesOf(trees, base.full);
  const baseOf = (name: string) => (before === undefined ? undefined : (folderIn(before, name) ?? null));
  const places = holders.map(({ ref, folder }, i) => {
    return { ref, folder: folder as ObjectId | undefined, entries: new Map(splitFull[i]?.entries) };
  });
  if (places.length === 0) places.push({ ref: CURRENT_REF, folder: undefined, entries: new Map() });
  let kept = 0;
  for (const ours of branchFull.values()) {
    const name = isSessionEntry(ours) ? (numbers.get(ours.name) ?? ours.name) : ours.name;
    const place = await placeOf(trees, places, name);
    if (place === undefined) continue;
    const theirs = folderIn(place.entries, name);
    if (theirs === undefined && place.entries.has(name)) {
      kept += 1;
      continue;
    }
    if (!isSessionEntry(ours)) {
      const folder = await mergeFolder(trees, theirs, ours.id, baseOf(ours.name));
      place.entries.set(name, { mode: '40000', name, id: folder.id });
      kept += folder.kept;
      continue;
    }
    const old = baseOf(ours.name);
    const session = await mergeSessionTranscripts(
      trees,
      await trees.tree(theirs),
      await trees.tree(ours.id),
      old === undefined ? undefined : await trees.tree(old),
      await namesOf(place.ref),
    );
    place.entries.set(name, { mode: '40000', name, id: await trees.changeTree(theirs, session.entries) });
    kept += session.kept;
  }
  const folders = new Map<RefName, ObjectId>();
  for (const { ref, folder, entries } of places) {
    if (folder === undefined && entries.size === 0) continue;
    folders.set(ref, await trees.changeTree(folder, entries.values()));
  }
  return { folders, kept };
}

/** Of the places of a checkpoint the first that has this session's transcript, else anything of it, else the first. */
async function placeOf<P extends { readonly entries: Entries }>(
  trees: ObjectOverlay,
  places: readonly P[],
  name: string,
): Promise<P | undefined> {
  for (const place of places) {
    if (namesToWrite(await trees.tree(folderIn(place.entries, name))) !== undefined) return place;
  }
  return places.find(({ entries }) => entries.has(name)) ?? places[0];
}
