import { isBlank, stringEnd } from './tokens.ts';

/**
 * A text as long as this one with spaces in the place of comments and of a comma behind a last value, which settings files of
 * editors may have: what is JSON then has its parts at the same offsets. Line ends stay.
 */
export function withoutComments(text: string): string {
  const blanks: Array<readonly [start: number, end: number]> = [];
  let comma = -1; // where only white space and comments have followed it
  let isFirst = true; // nothing stands yet in the container at hand
  for (let at = 0; at < text.length; ) {
    const end = commentEnd(text, at);
    if (end > at) blanks.push([at, end]);
    const character = text.charAt(at);
    if (end === at && !isBlank(text.charCodeAt(at))) {
      if (comma >= 0 && (character === '}' || character === ']')) blanks.push([comma, comma + 1]);
      comma = character === ',' && !isFirst ? at : -1;
      isFirst = character === '{' || character === '[';
    }
    at = end > at ? end : character === '"' ? stringEnd(text, at) : at + 1;
  }
  let plain = '';
  let kept = 0;
  for (const [start, end] of blanks.sort(([a], [b]) => a - b)) {
    plain += text.slice(kept, start) + text.slice(start, end).replace(/[^\r\n]/g, ' ');
    kept = end;
  }
  return plain + text.slice(kept);
}

/** Where the comment ends that begins here; the place itself where none does, or one that does not end. */
function commentEnd(text: string, at: number): number {
  if (text[at] !== '/') return at;
  if (text[at + 1] === '*') {
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? at : end + 2;
  }
  if (text[at + 1] !== '/') return at;
  let end = at + 2;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}
