import type { Range } from './range.ts';

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
/** `Proc-Type: 4,ENCRYPTED` and the like; keys of PGP have `Version:` and `Comment:`. */
const HEADER = /[A-Za-z][A-Za-z-]{0,30}: [^\n]{0,200}/y;
const BASE64 = /[A-Za-z0-9+/=]{1,4096}/y;
/** What stands between the lines: line ends, also spelled `\n`, and what listings and diffs put before each line. */
const BETWEEN = /(?:\s|\\[nrt]?|[>|:+\x80-\xff]|-(?!----(?:BEGIN|END) )){1,1000}/y;

/** A run of base64 this long is a line of a key. Words of a sentence after the first line are shorter. */
const LINE_OF_KEY = 20;
/** The shortest private keys, Ed25519, have 64 characters of base64. */
const SHORTEST_KEY = 40;

/**
 * Private keys between their BEGIN and END lines, of any kind: encrypted ones, those of PGP and the short ones of Ed25519 too, which the
 * recommended rule leaves out. Keys in a listing with line numbers or in a diff are found, and the beginning of a key whose
 * end is missing. A BEGIN line that no key follows is left alone.
 */
export function privateKeyBlocks(view: string): Range[] {
  const blocks: Range[] = [];
  for (const begin of view.matchAll(BEGIN)) {
    if (begin.index < (blocks.at(-1)?.end ?? 0)) continue;
    const end = endOfBlock(view, begin.index + begin[0].length);
    if (end !== undefined) blocks.push({ start: begin.index, end });
  }
  return blocks;
}

function endOfBlock(view: string, from: number): number | undefined {
  let length = 0;
  let lastLine: number | undefined;
  for (let at = from; ; ) {
    const end = endOfMatch(END, view, at);
    if (end !== undefined) return length >= SHORTEST_KEY ? end : undefined;
    const next = endOfMatch(BETWEEN, view, at) ?? endOfMatch(HEADER, view, at) ?? endOfMatch(BASE64, view, at);
    if (next === undefined) return length >= SHORTEST_KEY ? lastLine : undefined;
    BASE64.lastIndex = at;
    if (next - at >= LINE_OF_KEY && BASE64.exec(view)?.[0].length === next - at) {
      length += next - at;
      lastLine = next;
    }
    at = next;
  }
}

function endOfMatch(pattern: RegExp, view: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(view) ? pattern.lastIndex : undefined;
}
