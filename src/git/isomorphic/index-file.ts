import { GitError } from '../errors.ts';
import { type ObjectId, toObjectId } from '../object-id.ts';
import { refusal } from './servable.ts';

/** Where the index has a path: an object, and the way from it, which is empty where the object is the file itself. */
export interface IndexedPath {
  readonly id: ObjectId;
  /** Below a folder that a sparse index has as a whole. */
  readonly way: readonly string[];
}

/** Bytes of an entry before its name: times and owners, then the mode, the id and flags (gitformat-index). */
const MODE_AT = 24;
const ID_AT = 40;
const FLAGS_AT = 60;
const HAS_MORE_FLAGS = 0x4000;
const STAGE = 0x3000;
const FOLDER_MODE = 0o40000;
const ID_LENGTH = FLAGS_AT - ID_AT;

/**
 * Finds a path, of ASCII characters, in git's index, of the versions 2 to 4; of a conflict, what is ours. Throws an `EngineUnavailableError` for a split index, whose entries
 * are in another file too, and a `GitError` for a file that is something else.
 */
export function findInIndex(index: Buffer, path: string): IndexedPath | undefined {
  const version = index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC' ? 0 : index.readUInt32BE(4);
  if (version < 2 || version > 4) throw new GitError('the index is none that git writes');
  let found: IndexedPath | undefined;
  let [at, name] = [12, ''];
  try {
    for (let left = index.readUInt32BE(8); left > 0; left--) {
      const flags = index.readUInt16BE(at + FLAGS_AT);
      const nameAt = at + FLAGS_AT + ((flags & HAS_MORE_FLAGS) === 0 ? 2 : 4);
      const { text, end } = version === 4 ? sharedName(index, nameAt, name) : nameIn(index, nameAt);
      const stage = flags & STAGE;
      const isFolder = index.readUInt32BE(at + MODE_AT) === FOLDER_MODE && path.startsWith(text);
      if ((text === path || isFolder) && (stage === 0 || stage === 0x2000)) {
        const id = toObjectId(index.toString('hex', at + ID_AT, at + FLAGS_AT));
        found = { id, way: path.slice(text.length).split('/').filter(Boolean) };
      }
      name = text;
      // One to eight zero bytes follow a whole name.
      at = version === 4 ? end + 1 : at + (((end - at + 8) >> 3) << 3);
    }
    if (hasExtension(index, at, 'link')) throw refusal('its index is a split one');
  } catch (error) {
    throw error instanceof RangeError ? new GitError('the index ends in the middle', { cause: error }) : error;
  }
  return found;
}

function nameIn(index: Buffer, at: number): { text: string; end: number } {
  const end = index.indexOf(0, at);
  if (end < 0) throw new RangeError('a name without an end');
  return { text: index.toString('latin1', at, end), end };
}

/** A name of version 4: how many bytes of the one before it are taken off, and what follows then. */
function sharedName(index: Buffer, at: number, before: string): { text: string; end: number } {
  let byte = index.readUInt8(at++);
  let taken = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = index.readUInt8(at++);
    taken = ((taken + 1) << 7) | (byte & 0x7f);
  }
  const { text, end } = nameIn(index, at);
  return { text: before.slice(0, before.length - taken) + text, end };
}

function hasExtension(index: Buffer, start: number, wanted: string): boolean {
  const end = index.length - ID_LENGTH;
  for (let at = start; at + 8 <= end; at += 8 + index.readUInt32BE(at + 4))
    if (index.toString('latin1', at, at + 4) === wanted) return true;
  return false;
}
