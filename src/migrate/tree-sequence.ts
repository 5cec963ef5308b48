import { parseTree, type TreeEntry } from '../git/tree.ts';

/** An entry with the number of bytes that it takes in its tree object. */
interface SizedEntry {
  readonly entry: TreeEntry;
  readonly size: number;
}

/**
 * Parses trees of which each resembles the one before, as the root trees of a history do: what is the same at the front and
 * at the back is not parsed again, and keeps the very same entry objects (`===`). A root tree of 256 shards differs in one
 * entry from one commit to the next, and a history has thousands of them.
 */
export class TreeSequence {
  readonly #idLength: number;
  #content: Buffer = Buffer.alloc(0);
  #sized: readonly SizedEntry[] = [];

  constructor(idLength: number) {
    this.#idLength = idLength;
  }

  /** Parses the next tree. Throws a `RangeError` where the bytes are no tree; the sequence stays usable. */
  parse(content: Buffer): TreeEntry[] {
    this.#sized = this.#parseBetween(content) ?? this.#sizedEntries(content);
    this.#content = content;
    return this.#sized.map(({ entry }) => entry);
  }

  /**
   * The entries, those at both ends taken over from the tree before. `undefined` where what the two trees share at the
   * back begins inside of an entry (`a b` and `b` are both names), so that the middle can't be parsed alone.
   */
  #parseBetween(content: Buffer): readonly SizedEntry[] | undefined {
    const previous = this.#sized;
    const [front, frontBytes] = countWithin(previous, commonPrefix(this.#content, content));
    const behind = previous.slice(front).reverse();
    const [back, backBytes] = countWithin(behind, commonSuffix(this.#content, content, frontBytes));
    try {
      const middle = this.#sizedEntries(content.subarray(frontBytes, content.length - backBytes));
      return [...previous.slice(0, front), ...middle, ...previous.slice(previous.length - back)];
    } catch {
      return undefined;
    }
  }

  #sizedEntries(content: Buffer): SizedEntry[] {
    return parseTree(content, this.#idLength).map((entry) => ({
      entry,
      size: entry.mode.length + entry.name.length + 2 + this.#idLength,
    }));
  }
}

/** How many entries two parses of a sequence have in common (`===`) at the front, and how many more at the back. */
export function sharedEnds(a: readonly TreeEntry[], b: readonly TreeEntry[]): [front: number, back: number] {
  const most = Math.min(a.length, b.length);
  let front = 0;
  while (front < most && a[front] === b[front]) front++;
  let back = 0;
  while (back < most - front && a[a.length - 1 - back] === b[b.length - 1 - back]) back++;
  return [front, back];
}

/** How many of the entries fit whole into this number of bytes, and the bytes that they take. */
function countWithin(entries: readonly SizedEntry[], limit: number): [count: number, bytes: number] {
  let bytes = 0;
  let count = 0;
  for (const { size } of entries) {
    if (bytes + size > limit) break;
    bytes += size;
    count++;
  }
  return [count, bytes];
}

function commonPrefix(a: Buffer, b: Buffer): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a[at] === b[at]) at++;
  return at;
}

/** Bytes that both share at their ends, without the first `taken` ones of either. */
function commonSuffix(a: Buffer, b: Buffer, taken: number): number {
  const most = Math.min(a.length, b.length) - taken;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
