import type { Range } from './range.ts';
import { viewOfUnit } from './scan-view.ts';

/** What JSON calls an escape (RFC 8259, section 7). A backslash before anything else is left as it is. */
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g;

const LONGEST_ESCAPE = '\\u0000'.length;

const SHORT: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** More than this at once takes several times its size. */
const PART = 1 << 20;

/** A view with its JSON escapes resolved, one character for each. */
export function unescapeView(view: string): string {
  const parts: string[] = [];
  for (let start = 0; start < view.length; ) {
    let end = Math.min(start + PART, view.length);
    // No backslash is so near the end that its escape could go on behind it.
    while (end < view.length && view.slice(end - LONGEST_ESCAPE, end).includes('\\')) end++;
    parts.push(unescapePart(view.slice(start, end)));
    start = end;
  }
  return parts.join('');
}

function unescapePart(view: string): string {
  return view.replace(ESCAPE, (_escape, hex: string | undefined, short: string) =>
    hex === undefined ? (SHORT[short] ?? short) : viewOfUnit(Number.parseInt(hex, 16)),
  );
}

/**
 * Where ranges of `unescapeView(view)` lie in `view`: an escape belongs to a range wholly or not at all. The ranges are in
 * order and do not overlap.
 */
export function toEscaped(view: string, ranges: readonly Range[]): Range[] {
  const escapes = view.matchAll(ESCAPE);
  let next = escapes.next();
  let shift = 0;
  const escaped = (offset: number): number => {
    while (!next.done && next.value.index < offset + shift) {
      shift += next.value[0].length - 1;
      next = escapes.next();
    }
    return offset + shift;
  };
  return ranges.map(({ start, end }) => ({ start: escaped(start), end: escaped(end) }));
}
