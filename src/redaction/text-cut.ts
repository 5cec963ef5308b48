import type { Range } from './range.ts';

/** A secret in a text that spans lines is no longer than this behind its first line, apart from private keys. */
const LOOK_AHEAD = 4096;
/** The longest private key that is waited for. */
const LONGEST_KEY = 1 << 16;
const BEGIN = /-----BEGIN [A-Z0-9 ]{0,80}PRIVATE KEY/g;
const END = '-----END ';

/**
 * Where a text that goes on can be cut so that no secret lies on both sides: at the beginning of a line, far enough from
 * the end, neither in one of the `secrets` that were found in its tail nor in a private key whose end may still come. 0
 * where there is no such place.
 */
export function textCut(view: string, secrets: readonly Range[]): number {
  let cut = lineStart(view, view.length - LOOK_AHEAD);
  const openKey = firstOpenKey(view);
  if (openKey !== undefined) cut = Math.min(cut, lineStart(view, openKey));
  // From the last to the first: going back because of one may lead into another.
  for (const { start, end } of secrets.toReversed()) {
    if (start < cut && cut < end) cut = lineStart(view, start);
  }
  return cut;
}

/** The first private key near the end that has no end. */
function firstOpenKey(view: string): number | undefined {
  const from = Math.max(view.lastIndexOf(END) + 1, view.length - LONGEST_KEY);
  BEGIN.lastIndex = from;
  return BEGIN.exec(view)?.index;
}

/** The beginning of the line that an offset lies in. */
function lineStart(view: string, offset: number): number {
  return offset <= 0 ? 0 : view.lastIndexOf('\n', offset - 1) + 1;
}
