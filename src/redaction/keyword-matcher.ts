/** Told of each keyword: its number and where it ends. */
export type OnKeyword = (keyword: number, end: number) => void;

const CODES = 256;

/**
 * Finds many keywords in one pass over a text (Aho and Corasick 1975), in any case: a step is one look into a table, whatever the
 * number of keywords. For texts of one byte a character.
 */
export class KeywordMatcher {
  /** The class of each character code: all that no keyword has are 0, and a letter has one class in both cases. */
  readonly #classes = new Uint8Array(CODES);
  readonly #shift: number;
  /** The next state, by state and class; with `FOUND` where a keyword ends there. */
  readonly #next: Int16Array;
  readonly #found: ReadonlyArray<readonly number[]>;

  /** `keywords` in lower case, none empty. */
  constructor(keywords: readonly string[]) {
    const codes = [...new Set(keywords.join(''))].map((character) => character.charCodeAt(0));
    for (const [index, code] of codes.entries()) {
      this.#classes[code] = index + 1;
      const upper = String.fromCharCode(code).toUpperCase().charCodeAt(0);
      if (upper < CODES) this.#classes[upper] = index + 1;
    }
    this.#shift = Math.ceil(Math.log2(codes.length + 1));
    const { children, found } = trieOf(keywords);
    this.#found = found;
    this.#next = this.#link(children, found);
  }

  /** Calls `onKeyword` for each keyword that stands in `text` between two offsets, in the order of their ends. */
  find(text: string, onKeyword: OnKeyword, start = 0, end = text.length): void {
    const next = this.#next;
    const classes = this.#classes;
    const shift = this.#shift;
    let state = 0;
    for (let at = start; at < end; at++) {
      const entry = next[(state << shift) | (classes[text.charCodeAt(at) & 0xff] as number)] as number;
      if (entry >= 0) {
        state = entry;
        continue;
      }
      state = ~entry;
      for (const keyword of this.#found[state] as readonly number[]) onKeyword(keyword, at + 1);
    }
  }

  /** The table: breadth first, so that the state for the longest proper suffix is done before. Ends of keywords are `~state`. */
  #link(children: ReadonlyArray<ReadonlyMap<number, number>>, found: number[][]): Int16Array {
    const width = 1 << this.#shift;
    const next = new Int16Array(children.length * width);
    const suffix = new Int32Array(children.length);
    const queue = [0];
    for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
      const fallback = state === 0 ? undefined : (suffix[state] as number);
      if (fallback !== undefined) {
        next.copyWithin(state * width, fallback * width, (fallback + 1) * width);
        found[state]?.push(...(found[fallback] ?? []));
      }
      for (const [code, child] of children[state] ?? []) {
        const column = this.#classes[code] as number;
        const other = next[state * width + column] as number;
        suffix[child] = state === 0 ? 0 : other;
        next[state * width + column] = child;
        queue.push(child);
      }
    }
    return next.map((state) => (found[state]?.length ? ~state : state));
  }
}

/** The keywords as a tree of states: what follows each by character code, and the keywords that end there. */
function trieOf(keywords: readonly string[]): { children: Array<Map<number, number>>; found: number[][] } {
  const children = [new Map<number, number>()];
  const found: number[][] = [[]];
  for (const [number, keyword] of keywords.entries()) {
    let state = 0;
    for (let at = 0; at < keyword.length; at++) {
      const known = children[state]?.get(keyword.charCodeAt(at));
      if (known === undefined) {
        children[state]?.set(keyword.charCodeAt(at), children.length);
        state = children.length;
        children.push(new Map());
        found.push([]);
      } else state = known;
    }
    found[state]?.push(number);
  }
  return { children, found };
}
