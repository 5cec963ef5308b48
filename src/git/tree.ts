import { isUtf8 } from 'node:buffer';
import type { ObjectId } from './object-id.ts';

/**
 * One entry of a tree object. Names are bytes: `name` has one character (0–255) per byte (latin1), so that comparing two
 * names compares their bytes and nothing is lost. `displayName` makes them readable.
 */
export interface TreeEntry {
  /** As written in the object: `40000`, `100644`, `100755`, `120000`, `160000`, or what an old writer put there. */
  readonly mode: string;
  readonly name: string;
  readonly id: ObjectId;
}

/** True for a folder (also where an old writer wrote `040000`). */
export function isTreeMode(mode: string): boolean {
  return mode === '40000' || mode === '040000';
}

/** The tree of an entry that is a folder; `undefined` for any other one, and for none. */
export function treeIn(entry: TreeEntry | undefined): ObjectId | undefined {
  return entry !== undefined && isTreeMode(entry.mode) ? entry.id : undefined;
}

/** True for a submodule: its commit is in another repository. */
export function isSubmoduleMode(mode: string): boolean {
  return mode === '160000';
}

/** True for a regular file, executable or not: neither a symbolic link nor a submodule nor a folder. */
export function isRegularFileMode(mode: string): boolean {
  return mode.startsWith('100');
}

const SPACE = 0x20;
const FILE_MODE = '100644';
const TREE_MODE = '40000';

/** The size of the largest tree that is parsed, in bytes: some 1.7 million entries, which take two gigabytes where they are compared. */
export const LARGEST_TREE = 64 * 1024 * 1024;

/**
 * Parses a tree object's content. `idLength` is the length of a raw object id: 20 bytes, or 32 for SHA-256.
 * Throws a `RangeError` where the bytes are not a tree, or one that is too large.
 */
export function parseTree(content: Buffer, idLength: number): TreeEntry[] {
  if (content.length > LARGEST_TREE)
    throw new RangeError('it is larger than 64 MiB. No agent writes such a folder: take it out in a commit');
  return [...entriesIn(content, idLength)];
}

/** As `parseTree`, one entry at a time: parsed at once, a folder of a million files takes hundreds of megabytes. */
export function* entriesIn(content: Buffer, idLength: number): Generator<TreeEntry> {
  for (let at = 0; at < content.length; ) {
    const space = indexOfByte(content, SPACE, at);
    const nul = indexOfByte(content, 0, space);
    const end = endOfEntry(content, at, nul, idLength);
    yield {
      mode: modeIn(content, at, space),
      name: content.toString('latin1', space + 1, nul),
      id: content.toString('hex', nul + 1, end) as ObjectId,
    };
    at = end;
  }
}

/** How many entries a tree object's content has. Throws as `parseTree` does. */
export function countEntries(content: Buffer, idLength: number): number {
  let count = 0;
  for (let at = 0; at < content.length; count++) {
    at = endOfEntry(content, at, indexOfByte(content, 0, indexOfByte(content, SPACE, at)), idLength);
  }
  return count;
}

/** As `indexOf`, and faster where the byte is near; the length where there is none. */
function indexOfByte(content: Buffer, byte: number, start: number): number {
  let at = start;
  while (at < content.length && content[at] !== byte) at++;
  return at;
}

function endOfEntry(content: Buffer, start: number, nul: number, idLength: number): number {
  const end = nul + 1 + idLength;
  if (end > content.length) throw new RangeError(`malformed tree entry at byte ${start}`);
  return end;
}

/** The mode of an entry: nearly all have one of two, for which no text is made. */
function modeIn(content: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 6 && isText(content, start, FILE_MODE)) return FILE_MODE;
  return length === 5 && isText(content, start, TREE_MODE) ? TREE_MODE : content.toString('latin1', start, end);
}

function isText(content: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (content[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Bytes that an entry takes in a tree object. */
export function entrySize({ mode, name, id }: TreeEntry): number {
  return mode.length + name.length + 2 + id.length / 2;
}

/** Writes a tree object's content. Entries must be in git's order already (`compareEntries`). */
export function serializeTree(entries: readonly TreeEntry[]): Buffer {
  let length = 0;
  for (const entry of entries) length += entrySize(entry);
  const content = Buffer.allocUnsafe(length);
  let at = 0;
  for (const { mode, name, id } of entries) {
    at = writeShort(content, at, mode);
    content[at++] = SPACE;
    at = writeShort(content, at, name);
    content[at++] = 0;
    at += content.write(id, at, 'hex');
  }
  return content;
}

/** Writes a short latin1 text: faster here than `write`, which is a call out of JavaScript. */
function writeShort(content: Buffer, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) content[start + i] = text.charCodeAt(i);
  return start + text.length;
}

/** Git's order of tree entries: by the bytes of the name, a folder's name taken as if it ended in a slash. */
export function compareEntries(a: TreeEntry, b: TreeEntry): number {
  const left = isTreeMode(a.mode) ? `${a.name}/` : a.name;
  const right = isTreeMode(b.mode) ? `${b.name}/` : b.name;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A name out of a tree as text, for messages: UTF-8 where it is that, else latin1. Never used to build a path on disk. */
export function displayName(name: string): string {
  const bytes = Buffer.from(name, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : name;
}
