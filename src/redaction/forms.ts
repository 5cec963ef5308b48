import { toEscaped, unescapeView } from './json-escapes.ts';
import type { Piece } from './piece.ts';
import { mergeRanges, type Range } from './range.ts';
import { OTHER } from './scan-view.ts';

/**
 * How many forms of a piece are scanned: what it says, and twice more with the escapes in that resolved, for a JSON document in it that
 * has another in one of its strings.
 */
const FORMS = 3;

/** A piece as it is scanned: JSON escapes resolved, none or several times. */
export interface Form {
  readonly view: string;
  /** The views that this one was made from, the last first; the piece's own is at the end. */
  readonly from: readonly string[];
}

/** The forms of a piece: first what it says, then the deeper ones while there are escapes left. */
export function formsOf(piece: Piece): [Form, ...Form[]] {
  const own: Form = { view: piece.view, from: [] };
  const forms: [Form, ...Form[]] = [piece.kind === 'json' && hasEscapes(own) ? deeper(own) : own];
  for (let last = forms[0]; forms.length < FORMS && hasEscapes(last); forms.push(last)) last = deeper(last);
  return forms;
}

function hasEscapes({ view }: Form): boolean {
  return view.includes('\\');
}

function deeper({ view, from }: Form): Form {
  return { view: unescapeView(view), from: [view, ...from] };
}

/** Where ranges of a form lie in its piece, in order. No character of several bytes or escapes is cut through. */
export function toPiece({ view, from }: Form, ranges: readonly Range[]): Range[] {
  let inPiece = mergeRanges(mergeRanges(ranges).map((range) => wholeCharacters(view, range)));
  for (const escaped of from) inPiece = toEscaped(escaped, inPiece);
  return inPiece;
}

function wholeCharacters(view: string, { start: first, end: last }: Range): Range {
  let start = first;
  let end = last;
  while (view[start] === OTHER && view[start - 1] === OTHER) start--;
  while (view[end] === OTHER && view[end - 1] === OTHER) end++;
  return { start, end };
}
