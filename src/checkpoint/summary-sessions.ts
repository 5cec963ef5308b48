import { type JsonEdit, type JsonEditor, type JsonPath, openJson } from '../json/editor.ts';
import { isObject, type JsonObject } from '../json/read.ts';
import { JsonSource } from '../json/source.ts';

/** The paths of one session in a summary, with whatever else its entry holds: values that are not strings by their text, as a `JsonSource`. */
export type SessionEntry = JsonObject;

/** A summary that can be edited in place: only what an edit is about changes, in the file's own indentation. */
export interface EditableSummary {
  readonly content: Buffer;
  readonly fields: JsonObject;
  /** The objects in `sessions[]`; none where that member is absent or `null`. */
  readonly sessions: readonly SessionEntry[];
}

/** Reads a summary for editing; `undefined` where it can't be edited, or `sessions` is something else than a list. */
export function editableSummary(content: Buffer | undefined): EditableSummary | undefined {
  const json = content && openJson(content);
  if (content === undefined || json === undefined || 'why' in json) return undefined;
  const value = json.value;
  const listed = isObject(value) ? (value.sessions ?? []) : undefined;
  if (!isObject(value) || !Array.isArray(listed)) return undefined;
  const entries = listed.map((entry: unknown, i) => (isObject(entry) ? exact(entry, json, ['sessions', i]) : entry));
  const fields = Array.isArray(value.sessions) ? { ...value, sessions: entries } : value;
  return { content, fields, sessions: entries.filter(isObject) };
}

/** An object whose strings are values, and whose other members keep their tokens: no float holds every number. */
function exact(object: JsonObject, json: JsonEditor, path: JsonPath): JsonObject {
  if (Object.values(object).every((value) => typeof value === 'string')) return object;
  const members = JsonSource.parse(json.source(path) ?? Buffer.of()).members();
  return Object.fromEntries(
    members.map(([name, source]) => [name, typeof object[name] === 'string' ? object[name] : source]),
  );
}

/** The summary with changes made to it. */
export function editSummary({ content }: EditableSummary, edits: readonly JsonEdit[]): Buffer {
  const json = openJson(content);
  if ('why' in json) throw new TypeError(`a summary that ${json.why} is not editable`);
  json.setAll(edits);
  return json.content;
}

/** The edits that append entries to `sessions[]`. */
export function appendSessions(summary: EditableSummary, entries: readonly SessionEntry[]): JsonEdit[] {
  const listed = summary.fields.sessions;
  if (entries.length === 0) return [];
  const [list, first] = Array.isArray(listed) ? [[], listed.length] : [[{ path: ['sessions'], value: [] }], 0];
  const source = (entry: SessionEntry) =>
    JsonSource.object(Object.entries(entry).map(([name, value]) => [name, JsonSource.of(value)]));
  return [...list, ...entries.map((entry, i) => ({ path: ['sessions', first + i], value: source(entry) }))];
}

/** The edits that give every path in `sessions[]` the number that its session has now. */
export function renumberSessions(summary: EditableSummary, numbers: ReadonlyMap<string, string>): JsonEdit[] {
  const listed = summary.fields.sessions;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((entry: unknown, i) =>
    Object.entries(isObject(entry) ? entry : {}).flatMap(([key, value]) => {
      const renumbered = renumberPath(value, numbers);
      return renumbered === value ? [] : [{ path: ['sessions', i, key], value: renumbered }];
    }),
  );
}

/** An entry with the number that its session has now in each of its paths. */
export function renumberEntry(entry: SessionEntry, numbers: ReadonlyMap<string, string>): SessionEntry {
  return Object.fromEntries(Object.entries(entry).map(([key, value]) => [key, renumberPath(value, numbers)]));
}

/** The number of the session that an entry is about, by its paths: `/a3/b2c4d5e6f7/2/metadata.json` is in folder 2. */
export function numberOfEntry(entry: SessionEntry): string | undefined {
  for (const value of [entry.metadata, ...Object.values(entry)]) {
    const match = typeof value === 'string' ? SESSION_FILE.exec(value) : null;
    if (match !== null) return match[2];
  }
  return undefined;
}

/** Where the first entry of each session stands among these, by its number; entries that name none are under `undefined`. */
export function placesByNumber(entries: readonly unknown[]): Map<string | undefined, number> {
  const places = new Map<string | undefined, number>();
  for (const [at, entry] of entries.entries()) {
    const number = isObject(entry) ? numberOfEntry(entry) : undefined;
    if (!places.has(number)) places.set(number, at);
  }
  return places;
}

/** A file in a session's folder; what stands before the number may be doubled, as some real summaries have it. */
const SESSION_FILE = /^(.*\/)(\d+)(\/[^/]+)$/;

function renumberPath(value: unknown, numbers: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(SESSION_FILE, (path, before: string, number: string, after: string) => {
    const place = numbers.get(number);
    return place === undefined ? path : `${before}${place}${after}`;
  });
}
