import {
  appendSessions,
  editableSummary,
  editSummary,
  numberOfEntry,
  renumberEntry,
} from '../../checkpoint/summary-sessions.ts';
import { withMemberOf } from '../../json/edit.ts';

/**
 * A metadata file of another writer in which the fields named by findings have V1's values again, byte for byte; the fields that
 * it has besides stay. `numbers` are the sessions that have another number in V2.
 */
export function mendMetadata(
  theirs: Buffer,
  ours: Buffer,
  fields: readonly string[],
  numbers: ReadonlyMap<string, string>,
): Buffer {
  let text = theirs.toString('utf8');
  const source = ours.toString('utf8');
  const names = Object.keys(JSON.parse(source) as object);
  const isListed = (field: string) => /^sessions\[\d+\]/.test(field);
  const wanted = fields.filter((field) => !isListed(field)).flatMap((field) => memberOf(names, field) ?? []);
  for (const name of new Set(wanted)) text = withMemberOf(text, source, name);
  for (const field of fields.filter(isListed)) text = mendEntry(text, ours, field, numbers);
  return Buffer.from(text, 'utf8');
}

/** The member at the top that a field is in: names may have dots in them, so that the longest one counts. */
function memberOf(names: readonly string[], field: string): string | undefined {
  const isIn = (name: string) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
  return names.filter(isIn).sort((a, b) => b.length - a.length)[0];
}

/** The entry of a session in the summary's list: what it has lost, or all of it. */
function mendEntry(text: string, ours: Buffer, field: string, numbers: ReadonlyMap<string, string>): string {
  const match = /^sessions\[(\d+)\](?:\.(.+))?$/.exec(field);
  const [mine, theirs] = [editableSummary(ours), editableSummary(Buffer.from(text, 'utf8'))];
  const own = mine?.sessions[Number(match?.[1])];
  if (own === undefined || theirs === undefined) return text;
  const entry = renumberEntry(own, numbers);
  const listed = Array.isArray(theirs.fields.sessions) ? theirs.fields.sessions : [];
  const at = listed.findIndex((one) => numberOfEntry(one ?? {}) === numberOfEntry(entry));
  const name = match?.[2] === undefined ? undefined : memberOf(Object.keys(entry), match[2]);
  const edits =
    at < 0
      ? appendSessions(theirs, [entry])
      : name === undefined
        ? []
        : [{ path: ['sessions', at, name], value: entry[name] }];
  return edits.length === 0 ? text : editSummary(theirs, edits).toString('utf8');
}
