import { isUtf8 } from 'node:buffer';
import { applyEdits, type FormattingOptions, type JSONPath, modify } from 'jsonc-parser';

/** The paths of one session in a summary, with whatever else its entry holds. */
export type SessionEntry = Readonly<Record<string, unknown>>;

/** A summary that can be edited in place: only what an edit is about changes, in the file's own indentation. */
export interface EditableSummary {
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The objects in `sessions[]`; none where that member is absent or `null`. */
  readonly sessions: readonly SessionEntry[];
}

/** Reads a summary for editing; `undefined` where it is no JSON object, or `sessions` something else than a list. */
export function editableSummary(content: Buffer | undefined): EditableSummary | undefined {
  if (content === undefined || !isUtf8(content)) return undefined;
  const text = content.toString('utf8');
  const fields = parseJson(text);
  if (!isObject(fields)) return undefined;
  const sessions = fields.sessions ?? [];
  if (!Array.isArray(sessions)) return undefined;
  return { text, fields, sessions: sessions.filter(isObject) };
}

/** One change: a member, or an element of a list, gets a value. */
export interface SummaryEdit {
  readonly path: JSONPath;
  readonly value: unknown;
}

/** The summary with changes made to it, one after the other. */
export function editSummary(summary: EditableSummary, edits: readonly SummaryEdit[]): Buffer {
  const formattingOptions = formattingOf(summary.text);
  // Without formatting options, a file on one line stays on one line.
  const options = formattingOptions === undefined ? {} : { formattingOptions };
  let { text } = summary;
  for (const { path, value } of edits) text = applyEdits(text, modify(text, path, value, options));
  return Buffer.from(text, 'utf8');
}

/** The edits that append entries to `sessions[]`. */
export function appendSessions(summary: EditableSummary, entries: readonly SessionEntry[]): SummaryEdit[] {
  const listed = summary.fields.sessions;
  if (entries.length === 0) return [];
  if (!Array.isArray(listed)) return [{ path: ['sessions'], value: entries }];
  return entries.map((value, i) => ({ path: ['sessions', listed.length + i], value }));
}

/** The edits that give every path in `sessions[]` the number that its session has now. */
export function renumberSessions(summary: EditableSummary, numbers: ReadonlyMap<string, string>): SummaryEdit[] {
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

/** A file in a session's folder; what stands before the number may be doubled, as some real summaries have it. */
const SESSION_FILE = /^(.*\/)(\d+)(\/[^/]+)$/;

function renumberPath(value: unknown, numbers: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(SESSION_FILE, (path, before: string, number: string, after: string) => {
    const place = numbers.get(number);
    return place === undefined ? path : `${before}${place}${after}`;
  });
}

function formattingOf(text: string): FormattingOptions | undefined {
  const indent = /^[{[]\s*?\r?\n([ \t]+)\S/.exec(text)?.[1];
  if (indent === undefined) return undefined;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
