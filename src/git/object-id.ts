import { createHash, type Hash } from 'node:crypto';

/** A git object id in lowercase hex: 40 digits in a SHA-1 repository, 64 in a SHA-256 one. */
export type ObjectId = string & { readonly __brand: 'ObjectId' };

/** A full ref name, for example `refs/heads/main`. */
export type RefName = string;

/** The four types of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** The hash function of a repository, as `extensions.objectFormat` names it. */
export type ObjectFormat = 'sha1' | 'sha256';

/** True when `text` is a full object id in lowercase hex. A loop: each id of a history comes by here, and a pattern is slower. */
export function isObjectId(text: string): text is ObjectId {
  if (text.length !== 40 && text.length !== 64) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 0x30 && code <= 0x39;
    const isLetter = code >= 0x61 && code <= 0x66;
    if (!isDigit && !isLetter) return false;
  }
  return true;
}

/** The ids of what has one, in its order. */
export function idsOf<Id extends string>(all: ReadonlyArray<{ readonly id: Id }>): Id[] {
  return all.map(({ id }) => id);
}

/** Parses a full object id. Throws a `TypeError` for anything else: callers hand over what git printed. */
export function toObjectId(text: string): ObjectId {
  if (!isObjectId(text)) throw new TypeError(`not an object id: ${JSON.stringify(text)}`);
  return text;
}

/** Bytes that an object id takes inside a tree object: 20 or 32. */
export function rawIdLength(format: ObjectFormat): number {
  return format === 'sha256' ? 32 : 20;
}

/** The hash of an object of this type and size, before its content: with that, it is the object's id. */
export function startHash(format: ObjectFormat, { type, size }: { type: ObjectType; size: number }): Hash {
  return createHash(format).update(`${type} ${size}\0`);
}

/** The id that git gives to an object of this type and content. */
export function hashObject(format: ObjectFormat, type: ObjectType, content: Uint8Array): ObjectId {
  return startHash(format, { type, size: content.length }).update(content).digest('hex') as ObjectId;
}

/** The id of the tree without entries. */
export function emptyTreeId(format: ObjectFormat): ObjectId {
  return hashObject(format, 'tree', new Uint8Array(0));
}
