import { commonPrefix, commonSuffix } from '../git/common-ends.ts';
import { parseTree, type TreeEntry } from '../git/tree.ts';

/**
 * Parses trees of which each resembles the one before, as the root trees of a history do: what is the same at the front and
 * at the back is not parsed again, and keeps the very same entry objects (`===`). A root tree of 256 shards differs in one
 * entry from one commit to the next, and a history has thousands of them.
 */
export class TreeSequence {
  readonly #idLength: number;
  #content: Buffer = Buffer.alloc(0);
  #entries: readonly TreeEntry[] = [];
  /** Where each entry ends in the content. */
  #ends: readonly number[] = [];

  constructor(idLength: number) {
    this.#idLength = idLength;
  }

  /** Parses the next tree. Throws a `RangeError` where the bytes are not a tree; the sequence stays usable. */
  parse(content: Buffer): readonly TreeEntry[] {
    const front = countBefore(this.#ends, commonPrefix(this.#content, content));
    const frontBytes = front === 0 ? 0 : (this.#ends[front - 1] as number);
    const back = this.#countBehind(commonSuffix(this.#content, content, frontBytes));
    try {
      this.#replaceMiddle(content, front, back);
    } catch {
      // What the two trees share at the back begins inside of an entry (`a b` and `b` are both names).
      this.#replaceMiddle(content, 0, 0);
    }
    return this.#entries;
  }

  /** How many entries lie whole in the last bytes of the content. */
  #countBehind(bytes: number): number {
    const start = this.#content.length - bytes;
    const before = countBefore(this.#ends, start);
    const isAtEdge = start === 0 || this.#ends[before - 1] === start;
    return Math.max(0, this.#ends.length - before - (isAtEdge ? 0 : 1));
  }

  /** Takes the next content, of which all but the entries at both ends is parsed. Nothing changes where that fails. */
  #replaceMiddle(content: Buffer, front: number, back: number): void {
    const count = this.#entries.length;
    const start = front === 0 ? 0 : (this.#ends[front - 1] as number);
    const behind = this.#content.length - (back === count ? 0 : (this.#ends[count - back - 1] as number));
    const middle = parseTree(content.subarray(start, content.length - behind), this.#idLength);
    const sizes = middle.map(({ mode, name }) => mode.length + name.length + 2 + this.#idLength);
    this.#entries = this.#entries.slice(0, front).concat(middle, this.#entries.slice(count - back));
    this.#ends = spliceEnds(this.#ends, front, back, sizes);
    this.#content = content;
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

/** Where entries end when those between `front` and `back` of them are replaced by others of these sizes. */
export function spliceEnds(
  ends: readonly number[],
  front: number,
  back: number,
  sizes: readonly number[],
): readonly number[] {
  const first = front === 0 ? 0 : (ends[front - 1] as number);
  let at = first;
  const middle = sizes.map((size) => {
    at += size;
    return at;
  });
  const behind = ends.slice(ends.length - back);
  const cut = back === ends.length ? 0 : (ends[ends.length - back - 1] as number);
  return ends.slice(0, front).concat(middle, cut === at ? behind : behind.map((end) => end - cut + at));
}

/** How many of these ascending numbers are not above a limit. */
function countBefore(ends: readonly number[], limit: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
