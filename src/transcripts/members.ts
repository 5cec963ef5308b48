/** The members of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one where it is anything else. */
export function fieldsAt(value: Fields, key: string): Fields {
  const member = value[key];
  return isFields(member) ? member : {};
}

/** A member that is a text; `undefined` where it is anything else. */
export function textAt(value: Fields, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const member = value[key];
    if (typeof member === 'string') return member;
  }
  return undefined;
}

/** The elements of a member that is a list; none where it is anything else. */
export function listAt(value: Fields, key: string): readonly unknown[] {
  const member = value[key];
  return Array.isArray(member) ? member : [];
}

/** All text in a value, joined by line ends: that of blocks, of their content, of what a tool put out. Empty where there is none. */
export function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textsIn).filter(Boolean).join('\n');
  if (!isFields(value)) return '';
  for (const key of ['text', 'content', 'output', 'stdout', 'error', 'message', 'response', 'functionResponse']) {
    const text = textsIn(value[key]);
    if (text !== '') return text;
  }
  return '';
}

/** A time as RFC 3339: a text as it is, a number as milliseconds (or seconds) since 1970; `undefined` for anything else. */
export function timeOf(value: unknown): string | undefined {
  if (typeof value === 'string') return Number.isNaN(Date.parse(value)) ? undefined : value;
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  const date = new Date(value < 1e11 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The value of a JSON text; `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
