import type { Hash } from 'node:crypto';
import { hashObject, type ObjectId, type ObjectType, startHash } from './object-id.ts';
import type { Repository } from './repository.ts';

/** An object that was asked for: its content, that it is absent, or why it can't be used. */
export type ReadContent =
  | { readonly type: ObjectType; readonly content: Buffer }
  | { readonly type: 'absent' }
  | { readonly type: 'damaged'; readonly reason: string };

/** The same for both engines. */
export const UNREADABLE = 'it can not be unpacked';

/** Larger objects than this are not trees, commits or hashes that anybody has written. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads small objects whole, in their order, and compares each with its id. Unlike `readObjects` it never fetches, and a
 * damaged object does not end it.
 */
export async function readContents(repo: Repository, ids: readonly ObjectId[]): Promise<ReadContent[]> {
  const read: ReadContent[] = ids.map(() => ({ type: 'absent' }));
  let type: ObjectType = 'blob';
  let size = 0;
  let parts: Buffer[] = [];
  for await (const part of repo.streamContents(ids)) {
    if (part.kind === 'start') {
      type = part.type;
      size = part.size;
      parts = [];
    } else if (part.kind === 'bytes') {
      if (size <= LARGEST) parts.push(Buffer.from(part.bytes));
    } else if (part.kind === 'end') {
      read[part.index] = compared(
        repo,
        ids[part.index] as ObjectId,
        type,
        size > LARGEST ? undefined : Buffer.concat(parts),
      );
      parts = [];
    } else if (part.kind === 'damaged') read[part.index] = { type: 'damaged', reason: UNREADABLE };
  }
  return read;
}

function compared(repo: Repository, id: ObjectId, type: ObjectType, content: Buffer | undefined): ReadContent {
  if (content === undefined) return { type: 'damaged', reason: `a ${type} of more than ${LARGEST} bytes` };
  const actual = hashObject(repo.objectFormat, type, content);
  return actual === id ? { type, content } : { type: 'damaged', reason: `its content is that of ${actual}` };
}

/** Those of these objects whose content is not what their ids say, or can't be unpacked; of any size. Absent ones are not among them. */
export async function damagedAmong(repo: Repository, ids: readonly ObjectId[]): Promise<ObjectId[]> {
  const damaged: ObjectId[] = [];
  let hash: Hash | undefined;
  for await (const part of repo.streamContents(ids)) {
    const id = ids[part.index] as ObjectId;
    if (part.kind === 'start') hash = startHash(repo.objectFormat, part);
    else if (part.kind === 'bytes') hash?.update(part.bytes);
    else if (part.kind === 'damaged' || (part.kind === 'end' && hash?.digest('hex') !== id)) damaged.push(id);
  }
  return damaged;
}
