import {
  appendSessions,
  editableSummary,
  editSummary,
  numberOfEntry,
  renumberEntry,
  type SessionEntry,
} from '../checkpoint/summary-sessions.ts';
import { openJson } from '../json/editor.ts';
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
  for (const one of found) {
    const isAtTop = one.kind === 'field' && one.index === undefined && one.member !== undefined;
    const tokens = isAtTop ? source.source([one.member]) : undefined;
    if (isAtTop && tokens !== undefined) json.setSource([one.member], tokens);
  }
  return found.reduce((content, one) => fillEntry(content, ours, one, moved), json.content);
}

/** The entry of a session in the summary's list: what it has lost, or all of it. */
function fillEntry(content: Buffer, ours: Buffer, found: Difference, moved: ReadonlyMap<string, string>): Buffer {
  if (found.kind !== 'listed session' && (found.kind !== 'field' || found.index === undefined)) return content;
  const member = found.kind === 'field' ? found.member : undefined;
  const [mine, theirs] = [editableSummary(ours), editableSummary(content)];
  const listed = (sessions: unknown): SessionEntry[] => (Array.isArray(sessions) ? sessions : []);
  const own = listed(mine?.fields.sessions)[found.index ?? 0];
  if (own === undefined || theirs === undefined) return content;
  const entry = renumberEntry(own, moved);
  const at = listed(theirs.fields.sessions).findIndex((one) => numberOfEntry(one ?? {}) === numberOfEntry(entry));
  if (at < 0) return editSummary(theirs, appendSessions(theirs, [entry]));
  return member === undefined
    ? content
    : editSummary(theirs, [{ path: ['sessions', at, member], value: entry[member] }]);
}
