import { isBlank } from './tokens.ts';

/** What the scanner is inside of, or what may come next. */
const EXPECT = {
  value: 0,
  valueOrEnd: 1,
  key: 2,
  keyOrEnd: 3,
  colon: 4,
  commaOrEnd: 5,
  inString: 6,
  escaped: 7,
  hex: 8,
  literal: 9,
  minus: 10,
  zero: 11,
  integer: 12,
  point: 13,
  fraction: 14,
  exponent: 15,
  exponentSign: 16,
  exponentDigits: 17,
} as const;
type Expect = (typeof EXPECT)[keyof typeof EXPECT];

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;
/** What may follow a backslash, but for `u`. */
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const WORDS: ReadonlyMap<number, Buffer> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), Buffer.from(word.slice(1))]),
);

/**
 * Says whether bytes that come in pieces are one JSON value (RFC 8259), without keeping any of them: for values too large to
 * hold and parse. What is in strings need not be UTF-8. Memory grows with the depth alone, by one bit a level.
 */
export class JsonValidator {
  #expect: Expect = EXPECT.value;
  readonly #nesting = new Nesting();
  /** What is left of a literal, and of the digits of an escape. */
  #word: Buffer = Buffer.alloc(0);
  #digits = 0;
  #isKey = false;

  /** Takes the next bytes. Returns where the first one is that can't be there; `undefined` where all can. */
  feed(bytes: Uint8Array): number | undefined {
    for (let at = 0; at < bytes.length; at++) {
      if (this.#expect === EXPECT.inString) at = skipPlain(bytes, at);
      if (at < bytes.length && !this.#take(bytes[at] as number)) return at;
    }
    return undefined;
  }

  /** True when what came is a whole value, so that only white space may follow. */
  get isComplete(): boolean {
    return this.#nesting.depth === 0 && (this.#expect === EXPECT.commaOrEnd || this.#isNumberEnd());
  }

  #take(byte: number): boolean {
    if (this.#expect >= EXPECT.minus) return this.#takeInNumber(byte);
    if (this.#expect >= EXPECT.inString) return this.#takeInToken(byte);
    if (isBlank(byte)) return true;
    switch (this.#expect) {
      case EXPECT.colon:
        return byte === 0x3a && this.#then(EXPECT.value);
      case EXPECT.commaOrEnd:
        return this.#takeBehindValue(byte);
      case EXPECT.key:
      case EXPECT.keyOrEnd:
        if (byte === QUOTE) return this.#startString(true);
        return this.#expect === EXPECT.keyOrEnd && this.#close(byte);
      default:
        return this.#startValue(byte) || (this.#expect === EXPECT.valueOrEnd && this.#close(byte));
    }
  }

  #startValue(byte: number): boolean {
    if (byte === QUOTE) return this.#startString(false);
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      this.#nesting.push(byte === OPEN_OBJECT);
      return this.#then(byte === OPEN_OBJECT ? EXPECT.keyOrEnd : EXPECT.valueOrEnd);
    }
    if (byte === 0x2d) return this.#then(EXPECT.minus);
    if (isDigit(byte)) return this.#then(byte === ZERO ? EXPECT.zero : EXPECT.integer);
    const word = WORDS.get(byte);
    if (word === undefined) return false;
    this.#word = word;
    return this.#then(EXPECT.literal);
  }

  #startString(isKey: boolean): boolean {
    this.#isKey = isKey;
    return this.#then(EXPECT.inString);
  }

  #takeBehindValue(byte: number): boolean {
    if (this.#nesting.depth === 0) return false;
    if (byte === 0x2c) return this.#then(this.#nesting.isObject ? EXPECT.key : EXPECT.value);
    return this.#close(byte);
  }

  #close(byte: number): boolean {
    if (this.#nesting.depth === 0 || byte !== (this.#nesting.isObject ? 0x7d : 0x5d)) return false;
    this.#nesting.pop();
    return this.#then(EXPECT.commaOrEnd);
  }

  /** A byte of a string that is not plain text, of an escape, or of a literal. */
  #takeInToken(byte: number): boolean {
    switch (this.#expect) {
      case EXPECT.inString:
        if (byte === BACKSLASH) return this.#then(EXPECT.escaped);
        return byte === QUOTE && this.#then(this.#isKey ? EXPECT.colon : EXPECT.commaOrEnd);
      case EXPECT.escaped:
        this.#digits = 4;
        return byte === 0x75 ? this.#then(EXPECT.hex) : ESCAPES.has(byte) && this.#then(EXPECT.inString);
      case EXPECT.hex:
        this.#digits -= 1;
        if (this.#digits === 0) this.#expect = EXPECT.inString;
        return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
      default: {
        const isNext = this.#word[0] === byte;
        this.#word = this.#word.subarray(1);
        if (this.#word.length === 0) this.#expect = EXPECT.commaOrEnd;
        return isNext;
      }
    }
  }

  #takeInNumber(byte: number): boolean {
    const next = nextInNumber(this.#expect, byte);
    if (next !== undefined) return this.#then(next);
    if (!this.#isNumberEnd()) return false;
    this.#expect = EXPECT.commaOrEnd;
    return this.#take(byte);
  }

  #isNumberEnd(): boolean {
    const { zero, integer, fraction, exponentDigits } = EXPECT;
    return [zero, integer, fraction, exponentDigits].includes(this.#expect as typeof zero);
  }

  #then(expect: Expect): true {
    this.#expect = expect;
    return true;
  }
}

/** Which containers a value is in, one bit each. */
class Nesting {
  depth = 0;
  #bits = new Uint8Array(64);

  /** Whether the innermost one is an object, and no list. */
  get isObject(): boolean {
    const at = this.depth - 1;
    return (((this.#bits[at >> 3] as number) >> (at & 7)) & 1) === 1;
  }

  push(isObject: boolean): void {
    const at = this.depth >> 3;
    if (at === this.#bits.length) {
      const larger = new Uint8Array(this.#bits.length * 2);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bit = 1 << (this.depth & 7);
    this.#bits[at] = isObject ? (this.#bits[at] as number) | bit : (this.#bits[at] as number) & ~bit;
    this.depth += 1;
  }

  pop(): void {
    this.depth -= 1;
  }
}

/** What a byte leads to within a number; `undefined` where it does not belong to it. */
function nextInNumber(expect: Expect, byte: number): Expect | undefined {
  const { minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits } = EXPECT;
  if (isDigit(byte)) {
    if (expect === minus) return byte === ZERO ? zero : integer;
    if (expect === point || expect === fraction) return fraction;
    if (expect === integer) return integer;
    return expect === zero ? undefined : exponentDigits;
  }
  if (byte === 0x2e) return expect === zero || expect === integer ? point : undefined;
  if (byte === 0x65 || byte === 0x45) {
    return expect === zero || expect === integer || expect === fraction ? exponent : undefined;
  }
  return (byte === 0x2b || byte === 0x2d) && expect === exponent ? exponentSign : undefined;
}

/** Where the plain text of a string ends: at a quote, a backslash, a control character, or the last byte. */
function skipPlain(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE || byte === BACKSLASH || byte < 0x20) break;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

/** Whether some bytes are one JSON value, as `JsonValidator` says it: nothing is held, however long they are. */
export function isJsonBytes(bytes: Uint8Array): boolean {
  const validator = new JsonValidator();
  return validator.feed(bytes) === undefined && validator.isComplete;
}
