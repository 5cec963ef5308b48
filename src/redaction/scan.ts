import type { FindSecrets } from './finder.ts';
import { type Form, formsOf, toPiece } from './forms.ts';
import type { Piece } from './piece.ts';
import { mergeRanges, type Range } from './range.ts';

/** A call of the rules costs something, and more at once than this gains nothing. In characters. */
const CALL_SIZE = 1 << 19;

/** Between pieces: no rule's match goes across a line feed and a NUL, and to all of them it is like the end of a text. */
const APART = '\n\0\n';
/** Between a key and its value: what rules that know a secret by its name accept as a colon. No other rule's match crosses it. */
const NAMED = '\n:\n';

/** A form in the list of what is scanned. */
interface Entry {
  readonly form: Form;
  /** The number of its piece. */
  readonly piece: number;
  readonly separator: string;
}

/** The secrets in each piece, in order, as ranges of its text that do not overlap. */
export async function scanPieces(pieces: readonly Piece[], find: FindSecrets): Promise<Range[][]> {
  const found: Range[][] = pieces.map(() => []);
  for (const entries of inCalls(entriesOf(pieces))) {
    for (const [piece, ranges] of await scanTogether(entries, find)) {
      for (const range of ranges) found[piece]?.push(range);
    }
  }
  return found.map(mergeRanges);
}

/** What each piece says, in order, so that a value follows its key; the deeper forms behind all of that. */
function entriesOf(pieces: readonly Piece[]): Entry[] {
  const first: Entry[] = [];
  const deeper: Entry[] = [];
  for (const [piece, { isNamed }] of pieces.entries()) {
    const [form, ...others] = formsOf(pieces[piece] as Piece);
    first.push({ form, piece, separator: isNamed ? NAMED : APART });
    for (const other of others) deeper.push({ form: other, piece, separator: APART });
  }
  return first.concat(deeper);
}

/** Cuts the list into calls, not between a key and its value. */
function* inCalls(entries: readonly Entry[]): Generator<Entry[]> {
  let call: Entry[] = [];
  let size = 0;
  for (const entry of entries) {
    if (size >= CALL_SIZE && entry.separator === APART) {
      yield call;
      call = [];
      size = 0;
    }
    call.push(entry);
    size += entry.form.view.length;
  }
  yield call;
}

/** What is found in the pieces of some entries; a piece may come several times. */
async function scanTogether(
  entries: readonly Entry[],
  find: FindSecrets,
): Promise<Array<[piece: number, ranges: Range[]]>> {
  const parts: string[] = [];
  const starts: number[] = [];
  let length = 0;
  for (const { form, separator } of entries) {
    parts.push(separator, form.view);
    starts.push(length + separator.length);
    length += separator.length + form.view.length;
  }
  parts.push(APART);
  // The rule for connection strings goes on up to the next white space, over the quote that such a string stands in; and
  // what one match has taken is not looked at again.
  const found = await find(parts.join('').replaceAll('"', '\n'));
  const inForms = new Map<number, Range[]>();
  for (const range of found) {
    for (let at = lastBelow(starts, range.end); at >= 0; at--) {
      const offset = starts[at] as number;
      const start = Math.max(range.start - offset, 0);
      const end = Math.min(range.end - offset, entries[at]?.form.view.length ?? 0);
      if (start < end) {
        const ranges = inForms.get(at) ?? [];
        ranges.push({ start, end });
        inForms.set(at, ranges);
      }
      if (offset <= range.start) break;
    }
  }
  return [...inForms].map(([at, ranges]) => {
    const { form, piece } = entries[at] as Entry;
    return [piece, toPiece(form, ranges)];
  });
}

/** The index of the last number below `limit` in an ascending list; -1 where there is none. */
function lastBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
