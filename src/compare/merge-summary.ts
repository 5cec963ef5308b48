import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import {
  appendSessions,
  type EditableSummary,
  editableSummary,
  editSummary,
  numberOfEntry,
  placesByNumber,
  renumberEntry,
  renumberSessions,
  type SessionEntry,
} from '../checkpoint/summary-sessions.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { JsonEdit } from '../json/editor.ts';
import { JsonSource } from '../json/source.ts';

/** A summary in V2 and what V1 has to add to it. */
export interface SummaryMerge {
  readonly checkpoint: CheckpointId;
  readonly v1: ObjectId | undefined;
  /** As in `CheckpointSides`; `null` where V1 had no summary then. */
  readonly base: ObjectId | null | undefined;
  readonly v2: ObjectId | undefined;
  /** The number in V2 of each V1 session. */
  readonly numbers: ReadonlyMap<string, string>;
  /** V1's numbers of the sessions whose folders `main` lacked, with the names of the files that they have there now. */
  readonly added: ReadonlyMap<string, ReadonlySet<string>>;
  /** V2's `main` has sessions that V1 has not. */
  readonly hasOthers: boolean;
}

/** The summary's blob in V2; `undefined` where neither layout has one. `isLeft`: it can't be edited, and was left as it is. */
export interface MergedSummary {
  readonly id: ObjectId | undefined;
  readonly isLeft: boolean;
}

/**
 * Brings a summary of another writer up to V1: sessions that were added are listed, and fields that V1 has changed since the
 * last migration get their new values. It is edited in place: everything else stays.
 */
export async function mergeSummary(trees: ObjectOverlay, merge: SummaryMerge): Promise<MergedSummary> {
  const { v1, base, v2, numbers, hasOthers } = merge;
  const isRenumbered = [...numbers].some(([from, to]) => from !== to);
  const ours = v1 === undefined ? undefined : editableSummary(await trees.blob(v1));
  if (v2 === undefined) {
    if (v1 === undefined || ours === undefined || !isRenumbered) return { id: v1, isLeft: false };
    return { id: trees.add('blob', editSummary(ours, renumberSessions(ours, numbers))), isLeft: false };
  }
  // A summary that a migration has put there, and that nobody has changed, goes on being V1's.
  if (v1 !== undefined && v2 === base && !isRenumbered && !hasOthers) return { id: v1, isLeft: false };
  const isChanged = v1 !== undefined && base !== undefined && v1 !== base;
  if (!isChanged && merge.added.size === 0) return { id: v2, isLeft: false };
  const theirs = editableSummary(await trees.blob(v2));
  const before = isChanged && base !== null ? editableSummary(await trees.blob(base)) : undefined;
  if (theirs === undefined) return { id: v2, isLeft: newEntries(merge, ours, []).length > 0 };
  const edits = [
    ...(isChanged && ours !== undefined ? changedFields(ours, before, theirs) : []),
    ...appendSessions(theirs, newEntries(merge, ours, theirs.sessions)),
  ];
  return { id: edits.length === 0 ? v2 : trees.add('blob', editSummary(theirs, edits)), isLeft: false };
}

/** The entries of the sessions that were added and are not listed yet: V1's own, or made from the files that are there. */
function newEntries(
  { checkpoint, numbers, added }: SummaryMerge,
  ours: EditableSummary | undefined,
  listed: readonly SessionEntry[],
): SessionEntry[] {
  const present = new Set(listed.map(numberOfEntry));
  const own = ours?.sessions ?? [];
  const places = placesByNumber(own);
  const entries: SessionEntry[] = [];
  for (const [from, files] of added) {
    const to = numbers.get(from) ?? from;
    if (present.has(to)) continue;
    const onBranch = own[places.get(from) ?? -1];
    const shard = `/${shardPath(checkpoint)}`;
    const entry =
      onBranch === undefined ? entryOf(`${shard}/${to}`, files) : plainEntry(renumberEntry(onBranch, numbers), shard);
    if (Object.keys(entry).length > 0) entries.push(entry);
  }
  return entries;
}

/** An entry whose paths have the checkpoint's own once: some of V1 have it twice, which leads nowhere in either layout. */
function plainEntry(entry: SessionEntry, shard: string): SessionEntry {
  const plain = (value: unknown): unknown =>
    typeof value === 'string' && value.startsWith(`${shard}${shard}/`) ? plain(value.slice(shard.length)) : value;
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, plain(value)]));
}

/** The members of an entry for the files that a session can have on `main`, in the order in which writers list them. */
const MEMBERS = [
  ['metadata', METADATA_FILE],
  ['context', 'context.md'],
  ['prompt', PROMPT_FILE],
  ['compact_transcript', 'transcript.jsonl'],
] as const;

function entryOf(folder: string, files: ReadonlySet<string>): SessionEntry {
  return Object.fromEntries(MEMBERS.flatMap(([key, name]) => (files.has(name) ? [[key, `${folder}/${name}`]] : [])));
}

/** The fields that V1 has changed; the sessions are listed one by one. */
function changedFields(
  ours: EditableSummary,
  before: EditableSummary | undefined,
  theirs: EditableSummary,
): JsonEdit[] {
  const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const source = JsonSource.parse(ours.content);
  return Object.entries(ours.fields)
    .filter(([key, value]) => key !== 'sessions' && !isSame(value, before?.fields[key]))
    .filter(([key, value]) => !isSame(value, theirs.fields[key]))
    .map(([key]) => ({ path: [key], value: source.at(key) }));
}
