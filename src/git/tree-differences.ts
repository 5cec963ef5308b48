import type { ObjectId } from './object-id.ts';
import type { TreeEntry } from './tree.ts';

/** An entry of a tree, and the one that another tree has under its name; `undefined`: none. */
export interface EntryDifference {
  readonly old: TreeEntry;
  readonly now: TreeEntry | undefined;
}

/**
 * The entries of a tree that another one has otherwise, or not at all. What is equal at the beginning and at the end is passed over as
 * bytes, so that one entry of hundreds costs little more than looking for it. `undefined` where one of the two is malformed.
 */
export function treeDifferences(before: Buffer, after: Buffer, idLength: number): EntryDifference[] | undefined {
  const same = sameEnd(before, after);
  const [a, b] = [new Entries(before, idLength), new Entries(after, idLength)];
  if (!skipSame(a, b)) return undefined;
  const [olds, news] = [[] as TreeEntry[], new Map<string, TreeEntry>()];
  while (a.left > 0 || b.left > 0) {
    // Both are at an entry, and all that follows is the same.
    if (a.left === b.left && a.left <= same) break;
    const isOfA = a.left >= b.left;
    const entry = (isOfA ? a : b).next();
    if (entry === undefined) return undefined;
    if (isOfA) olds.push(entry);
    else news.set(entry.name, entry);
  }
  return olds.flatMap((old) => {
    const now = news.get(old.name);
    return now?.id === old.id && now.mode === old.mode ? [] : [{ old, now }];
  });
}

/** How many bytes at the end of both are the same. */
function sameEnd(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length);
  let same = 0;
  while (same < most && a[a.length - 1 - same] === b[b.length - 1 - same]) same++;
  return same;
}

/** Goes to the first entry that is not the same in both; false where one is malformed. */
function skipSame(a: Entries, b: Entries): boolean {
  let at = 0;
  const most = Math.min(a.left, b.left);
  while (at < most && a.bytes[at] === b.bytes[at]) at++;
  for (;;) {
    const end = a.end();
    if (a.left === 0 || end > at) break;
    if (end < 0) return false;
    a.at = end;
  }
  b.at = a.at;
  return true;
}

/** A tree's content, read entry by entry. */
class Entries {
  at = 0;
  readonly bytes: Buffer;
  readonly #idLength: number;

  constructor(bytes: Buffer, idLength: number) {
    this.bytes = bytes;
    this.#idLength = idLength;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Where the entry ends that begins here; -1 where it has no end. */
  end(): number {
    const name = this.bytes.indexOf(0, this.at);
    return name < 0 || name + 1 + this.#idLength > this.bytes.length ? -1 : name + 1 + this.#idLength;
  }

  next(): TreeEntry | undefined {
    const end = this.end();
    if (end < 0) return undefined;
    const id = end - this.#idLength;
    const space = this.bytes.indexOf(32, this.at);
    if (space < 0 || space > id) return undefined;
    const entry = {
      mode: this.bytes.toString('latin1', this.at, space),
      name: this.bytes.toString('latin1', space + 1, id - 1),
      id: this.bytes.toString('hex', id, end) as ObjectId,
    };
    this.at = end;
    return entry;
  }
}
