import {
  appendSessions,
  editableSummary,
  editSummary,
  numberOfEntry,
  placesByNumber,
  renumberEntry,
  type SessionEntry,
} from '../checkpoint/summary-sessions.ts';
import { type JsonEdit, openJson } from '../json/editor.ts';
import type { Difference } from './difference.ts';

/**
 * A metadata file of another writer in which the members that differ have the values that they should have, byte for byte; the
 * members that it has besides stay. `moved` are the sessions that have another number there.
 */
export function fillFields(
  theirs: Buffer,
  ours: Buffer,
  found: readonly Difference[],
  moved: ReadonlyMap<string, string>,
): Buffer {
  const [json, source] = [openJson(theirs), openJson(ours)];
  if ('why' in json || 'why' in source) return theirs;
  const edits = found.flatMap((one): JsonEdit[] => {
    if (one.kind !== 'field' || one.index !== undefined || one.member === undefined) return [];
    const value = source.source([one.member]);
    return value === undefined ? [] : [{ path: [one.member], value }];
  });
  json.setAll(edits);
  return fillEntries(json.content, ours, found, moved);
}

/** The entries of sessions in the summary's list: what they have lost, or all of one. */
function fillEntries(
  content: Buffer,
  ours: Buffer,
  found: readonly Difference[],
  moved: ReadonlyMap<string, string>,
): Buffer {
  const ofEntries = found.flatMap(entryIn);
  const [mine, theirs] = ofEntries.length === 0 ? [] : [editableSummary(ours), editableSummary(content)];
  if (mine === undefined || theirs === undefined) return content;
  const own = listed(mine.fields.sessions);
  const places = placesByNumber(listed(theirs.fields.sessions));
  const edits: JsonEdit[] = [];
  const added = new Map<string | undefined, SessionEntry>();
  for (const { index, member } of ofEntries) {
    const entry = own[index] && renumberEntry(own[index], moved);
    if (entry === undefined) continue;
    const number = numberOfEntry(entry);
    const at = places.get(number);
    if (at === undefined) {
      if (!added.has(number)) added.set(number, entry);
    } else if (member !== undefined) edits.push({ path: ['sessions', at, member], value: entry[member] });
  }
  return editSummary(theirs, [...edits, ...appendSessions(theirs, [...added.values()])]);
}

/** The entry that a difference is about, by its index in our list; and the member, where the entry is not lost as a whole. */
function entryIn(one: Difference): Array<{ index: number; member?: string | undefined }> {
  if (one.kind === 'listed session') return [{ index: one.index }];
  return one.kind === 'field' && one.index !== undefined ? [{ index: one.index, member: one.member }] : [];
}

function listed(sessions: unknown): SessionEntry[] {
  return Array.isArray(sessions) ? sessions : [];
}
