import { createHash } from 'node:crypto';

/** A git object id in lowercase hex: 40 digits in a SHA-1 repository, 64 in a SHA-256 one. */
export type ObjectId = string & { readonly __brand: 'ObjectId' };

/** A full ref name, for example `refs/heads/main`. */
export type RefName = string;

/** The four types of git objects. */
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** The hash function of a repository, as `extensions.objectFormat` names it. */
export type ObjectFormat = 'sha1' | 'sha256';

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** True when `text` is a full object id in lowercase hex. */
export function isObjectId(text: string): text is ObjectId {
  return OBJECT_ID.test(text);
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

/** The id that git gives to an object of this type and content. */
export function hashObject(format: ObjectFormat, type: ObjectType, content: Uint8Array): ObjectId {
  return createHash(format).update(`${type} ${content.length}\0`).update(content).digest('hex') as ObjectId;
}

/** The id of the tree without entries. */
export function emptyTreeId(format: ObjectFormat): ObjectId {
  return hashObject(format, 'tree', new Uint8Array(0));
}
