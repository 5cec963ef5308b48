import type { Range } from './range.ts';

/** A text that is scanned for secrets by itself. */
export interface Piece {
  /** `json`: what is between the quotes of a JSON string; `text`: anything else. */
  readonly kind: 'json' | 'text';
  /** Its bytes, one character for each. */
  readonly text: string;
  /** What the rules get to see of `text`: of the same length, see `viewOf`. */
  readonly view: string;
  /** It is the value of the key that is the piece before it: some secrets are known by their name alone. */
  readonly isNamed: boolean;
}

/** The piece with `marker` in the place of each range. The ranges are in order and do not overlap. */
export function replaceRanges(piece: Piece, ranges: readonly Range[], marker: string): Piece {
  return { ...piece, text: replaced(piece.text, ranges, marker), view: replaced(piece.view, ranges, marker) };
}

function replaced(text: string, ranges: readonly Range[], marker: string): string {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    kept.push(text.slice(at, start));
    at = end;
  }
  kept.push(text.slice(at));
  return kept.join(marker);
}
