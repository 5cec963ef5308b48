import { parseJsonDocument } from './tokens.ts';

/** A JSON object as it was parsed. Nothing is known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is not a list, and not `null`. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a document that has to be a JSON object. Throws a `SyntaxError` for anything else, a byte order mark included. */
export function parseObject(content: Buffer | string): Record<string, unknown> {
  const value = parseJsonDocument(content.toString());
  if (!isObject(value)) throw new SyntaxError('not a JSON object');
  return value;
}

/** The object that a text holds; `undefined` for anything else, and for no content. */
export function tryObject(content: Buffer | string | undefined): Record<string, unknown> | undefined {
  try {
    return content === undefined ? undefined : parseObject(content);
  } catch {
    return undefined;
  }
}

/** A member that has to be a text; `undefined` where it is absent or something else. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
