import {
  appendSessions,
  editableSummary,
  editSummary,
  numberOfEntry,
  renumberEntry,
} from '../../checkpoint/summary-sessions.ts';
import { openJson } from '../../json/editor.ts';
import { tryObject } from '../../json/read.ts';

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
  const json = openJson(theirs);
  const source = openJson(ours);
  if ('why' in json || 'why' in source) return theirs;
  const names = Object.keys(tryObject(ours) ?? {});
  const isListed = (field: string) => /^sessions\[\d+\]/.test(field);
  const wanted = fields.filter((field) => !isListed(field)).flatMap((field) => memberOf(names, field) ?? []);
  for (const name of new Set(wanted)) json.setSource([name], source.source([name]) ?? Buffer.from('null'));
  return fields.filter(isListed).reduce((content, field) => mendEntry(content, ours, field, numbers), json.content);
}

/** The member at the top that a field is in: names may have dots in them, so that the longest one counts. */
function memberOf(names: readonly string[], field: string): string | undefined {
  const isIn = (name: string) => field === name || field.startsWith(`${name}.`) || field.startsWith(`${name}[`);
  return names.filter(isIn).sort((a, b) => b.length - a.length)[0];
}

/** The entry of a session in the summary's list: what it has lost, or all of it. */
function mendEntry(content: Buffer, ours: Buffer, field: string, numbers: ReadonlyMap<string, string>): Buffer {
  const match = /^sessions\[(\d+)\](?:\.(.+))?$/.exec(field);
  const [mine, theirs] = [editableSummary(ours), editableSummary(content)];
  const own = mine?.sessions[Number(match?.[1])];
  if (own === undefined || theirs === undefined) return content;
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
  return edits.length === 0 ? content : editSummary(theirs, edits);
}
