import { assignmentAt, mayBeAssigned } from './assignment.ts';
import { backslashesBefore } from './backslashes.ts';
import { base64Runs, base64RunsIn } from './base64-runs.ts';
import { type DecodedView, fromBase64, plain, unescaped } from './decoded-view.ts';
import { entropyOf } from './entropy.ts';
import { genericSecretAt, isNameAt, NAMES } from './generic-secret.ts';
import { privateKeyBlocks } from './private-key-blocks.ts';
import type { Range } from './range.ts';
import { isBoundary, type Rule, rulesByKeyword } from './rules/rules.ts';
import { viewOf } from './scan-view.ts';

/** Where a secret lies, and the name of the rule that found it, for example `github`. */
export interface FoundSecret extends Range {
  readonly rule: string;
  /** It was found in the text as it stands, not in what some encoding in it says. */
  readonly isPlain: boolean;
}

/** Finds the secrets in some bytes: where each lies, in any order; ranges may overlap. */
export type FindSecrets = (bytes: Buffer) => FoundSecret[];

/** How much is scanned at a time, and what is seen around it, in bytes. */
export interface ScanWindows {
  readonly size: number;
  readonly before: number;
  readonly after: number;
}

/** The rule of a secret that only the name which it is assigned to makes known. */
export const BY_NAME = 'assigned-secret';

/** So many layers of encodings are taken off: a JSON string in one in one …, with URL escapes or base64 in it. */
const DEEPEST = 6;
/** What is decoded around a keyword, in characters. Windows that touch are one, up to a size. */
const WINDOW = { before: 96, after: 640, largest: 1 << 14 };
/** Escapes of what keywords are made of. */
const ESCAPED_WORDS = [
  '\\/',
  'u0020',
  'u0024',
  'u002d',
  'u002e',
  'u002f',
  'u003',
  'u004',
  'u005',
  'u006',
  'u007',
  '%2d',
  '%3',
  '%4',
  '%5',
  '%6',
  '%7',
];
const PRIVATE_KEY = 'private key';
/** The longest private key that is looked at, escapes and all. */
const LONGEST_KEY = 1 << 17;
/**
 * What is longer than a window is scanned in such ones. Before a keyword nothing is looked at but what is decoded with it, behind it at
 * most a private key; tokens of any length, base64 and backslashes go on in the bytes.
 */
const SCAN_WINDOWS: ScanWindows = { size: 1 << 18, before: 2 * WINDOW.largest, after: 2 * LONGEST_KEY };
/** Of so many backslashes in a row the last ones are looked at: as many as leave the same ones escaped, however deep that goes. */
const MOST_BACKSLASHES = 1024;
const SAME_ESCAPES = 2 ** DEEPEST;

const { matcher, keywords, rules } = rulesByKeyword([...NAMES, ...ESCAPED_WORDS, PRIVATE_KEY]);
const [FIRST_ESCAPE, LAST_ESCAPE] = [keywords.indexOf('\\/'), keywords.indexOf('%7')];
const LONGEST_KEYWORD = keywords.reduce((longest, { length }) => Math.max(longest, length), 0);
const KEY_NUMBER = keywords.indexOf(PRIVATE_KEY);
const IS_NAME: readonly boolean[] = keywords.map((word) => (NAMES as readonly string[]).includes(word));
const HAS_TOKENS = rules.map((list) => list.some(({ kind }) => kind === 'token'));
const HAS_ASSIGNED = rules.map(
  (list, number) => IS_NAME[number] === true || list.some(({ kind }) => kind === 'assigned'),
);

/** `FindSecrets` by gitleaks' rules and our own (`rules`), in the text and in what encodings in it say. */
export const findSecrets: FindSecrets = (bytes) => secretsInWindows(bytes, SCAN_WINDOWS);

function secretsIn(text: string, depth: number): FoundSecret[] {
  const scan = new Scan(depth);
  scan.move(text, 0);
  matcher.find(text, (keyword, end) => scan.at(keyword, end));
  const found = scan.end();
  if (depth === DEEPEST) return found;
  for (const run of base64Runs(text)) {
    const view = fromBase64(text, run);
    for (const secret of secretsIn(viewOf(view.bytes), depth + 1)) found.push(asDecoded(secret, view, 0));
  }
  return found;
}

/**
 * What `findSecrets` finds, with windows of another size. Only one is held as a text at a time; it is the same as in one text, but for a
 * token that would be recognised by what comes more than `after` bytes behind its beginning.
 */
export function secretsInWindows(bytes: Buffer, windows: ScanWindows, depth = 0): FoundSecret[] {
  const { size, before, after } = windows;
  if (bytes.length <= size + after) return secretsIn(viewOf(bytes), depth);
  const scan = new Scan(depth);
  const found: FoundSecret[] = [];
  const inBase64: FoundSecret[] = [];
  let runEnd = 0;
  let lastBase = 0;
  let backslashes = 0;
  for (let from = 0; from < bytes.length; from += size) {
    const base = Math.max(from - before, 0);
    const to = Math.min(from + size, bytes.length);
    const text = viewOf(bytes.subarray(base, Math.min(to + after, bytes.length)));
    const since = backslashesBefore(bytes, base, lastBase);
    backslashes = since === base - lastBase ? backslashes + since : since;
    lastBase = base;
    scan.move(text, base, backslashes);
    const onKeyword = (keyword: number, end: number) => {
      if (base + end > from) scan.at(keyword, end);
    };
    matcher.find(text, onKeyword, Math.max(from - base - LONGEST_KEYWORD, 0), to - base);
    for (const secret of to < bytes.length ? scan.taken(Math.max(to - before, 0) - base) : scan.end())
      found.push(inWindow(bytes, base, text, secret));
    if (depth === DEEPEST) continue;
    for (const run of base64RunsIn(text, { whole: bytes, base, from: Math.max(from, runEnd), to })) {
      runEnd = run.end;
      const view = fromBase64(bytes, run);
      for (const secret of secretsInWindows(view.bytes, windows, depth + 1)) inBase64.push(asDecoded(secret, view, 0));
    }
  }
  for (const secret of inBase64) found.push(secret);
  return found;
}

/** A secret of a window, by its place in the bytes. A token that goes on behind the window is followed to its end. */
function inWindow(bytes: Buffer, base: number, text: string, { start, end, ...rest }: FoundSecret): FoundSecret {
  let last = base + end;
  if (end === text.length) while (last < bytes.length && TOKEN_CODES[bytes[last] as number] === 1) last++;
  return { ...rest, start: base + start, end: last };
}

function asDecoded(
  { rule, ...range }: FoundSecret,
  { toSource }: Pick<DecodedView, 'toSource'>,
  offset: number,
): FoundSecret {
  const { start, end } = toSource(range);
  return { start: offset + start, end: offset + end, rule, isPlain: false };
}

/** One pass over one text, or over the windows of a longer one. */
class Scan {
  readonly #depth: number;
  #text = '';
  /** Where the text begins in the longer one, and how many backslashes stand before it. */
  #base = 0;
  #backslashes = 0;
  #found: FoundSecret[] = [];
  /** What is still to be decoded: the window that grows. */
  #window: { start: number; end: number } | undefined;
  #keyEnd = 0;
  /** The end of a long value that was looked at: names in it are not looked at again, each as far as it goes. */
  #triedEnd = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** Goes on in another text, which begins at `base` and has what is still to be decoded. */
  move(text: string, base: number, backslashes = 0): void {
    const by = base - this.#base;
    this.#text = text;
    this.#base = base;
    this.#backslashes = backslashes;
    this.#keyEnd -= by;
    this.#triedEnd -= by;
    if (this.#window !== undefined) this.#window = { start: this.#window.start - by, end: this.#window.end - by };
  }

  at(keyword: number, end: number): void {
    if (keyword === KEY_NUMBER) this.#privateKey(end);
    else if (keyword >= FIRST_ESCAPE && keyword <= LAST_ESCAPE) this.#escape(keyword, end);
    else this.#named(keyword, end);
  }

  #named(keyword: number, end: number): void {
    const isAssigned = HAS_ASSIGNED[keyword] === true && mayBeAssigned(this.#text, end);
    if (!isAssigned && HAS_TOKENS[keyword] === false) return;
    const start = end - (keywords[keyword] as string).length;
    for (const rule of rules[keyword] as readonly Rule[]) {
      if (rule.kind === 'token') this.#token(rule, start);
      else if (isAssigned) this.#assigned(rule, start);
    }
    if (isAssigned && IS_NAME[keyword] === true) this.#generic(start, end);
    if (isAssigned ? isEncodedValue(this.#text, end) : isEncodedToken(this.#text, end)) this.#grow(start, end);
  }

  /** What was found since the last time. From `start` on the text stays in sight: what begins before it is decoded now. */
  taken(start: number): FoundSecret[] {
    if (this.#window !== undefined && this.#window.start < start) this.#decodeWindow();
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** As `taken`, where nothing follows. */
  end(): FoundSecret[] {
    this.#decodeWindow();
    return this.taken(0);
  }

  #token(rule: Rule, keyword: number): void {
    for (let start = Math.max(keyword - rule.before, 0); start <= keyword; start++) {
      const match = matchAt(rule.pattern, this.#text, start);
      if (match !== undefined && match.whole.end > keyword && (!rule.isBounded || isBoundary(this.#text, start))) {
        this.#add(rule, match.secret);
        return;
      }
    }
  }

  #assigned(rule: Rule, start: number): void {
    const name = matchAt(rule.pattern, this.#text, start);
    const assignment = name && assignmentAt(this.#text, name.whole.end);
    const match = assignment && matchAt(rule.value as RegExp, this.#text, assignment.value);
    if (match !== undefined) this.#add(rule, match.secret);
  }

  #generic(start: number, end: number): void {
    const assignment =
      start < this.#triedEnd || !isNameAt(this.#text, start, end) ? undefined : assignmentAt(this.#text, end);
    if (assignment === undefined) return;
    this.#triedEnd = endOfLongValue(this.#text, assignment.value);
    const name = nameAround(this.#text, start, end + assignment.nameRest.trimEnd().length);
    const secret = genericSecretAt(this.#text, assignment.value, name);
    if (secret !== undefined) this.#push(BY_NAME, secret);
  }

  #add({ id, entropy, allow }: Rule, range: Range): void {
    const secret = this.#text.slice(range.start, range.end);
    if (entropy > 0 && entropyOf(secret) < entropy) return;
    if (allow.some((pattern) => pattern.test(secret)) || isPlaceholder(secret)) return;
    this.#push(id, { start: range.start, end: endOfToken(this.#text, range.end) });
  }

  #push(rule: string, range: Range): void {
    if (!isInData(this.#text, range)) this.#found.push({ ...range, rule, isPlain: this.#depth === 0 });
  }

  /** A private key may be long: it is looked at as a whole, with the escapes in it. */
  #privateKey(end: number): void {
    if (end <= this.#keyEnd) return;
    const start = Math.max(this.#text.lastIndexOf('-----BEGIN', end), end - 64);
    const next = this.#text.indexOf('-----BEGIN', end);
    const limit = Math.min(start + LONGEST_KEY, next < 0 ? this.#text.length : next, this.#text.length);
    const source = this.#text.slice(start, limit);
    let view: DecodedView | undefined = { text: source, toSource: (range) => range };
    for (let depth = 0; depth <= 4 && view !== undefined; depth++) {
      const [block] = privateKeyBlocks(view.text);
      if (block !== undefined) {
        const range = view.toSource(block);
        this.#keyEnd = start + range.end;
        this.#found.push({ start: start + range.start, end: this.#keyEnd, rule: 'privatekey', isPlain: false });
        return;
      }
      view = composed(view, unescaped(view.text));
    }
  }

  /** An escape of a character that keywords are made of. */
  #escape(keyword: number, end: number): void {
    const start = end - (keywords[keyword] as string).length;
    const first = this.#text[start];
    const isPercent = first === '%';
    if (first === 'u' && this.#text[start - 1] !== '\\') return;
    if (isPercent && !/[0-9a-fA-F]/.test(this.#text[start + 2] ?? '')) return;
    this.#grow(start, end);
  }

  #grow(start: number, end: number): void {
    if (this.#depth >= DEEPEST) return;
    const from = Math.max(start - WINDOW.before, 0);
    const to = Math.min(end + WINDOW.after, this.#text.length);
    if (this.#window !== undefined && from <= this.#window.end && to - this.#window.start <= WINDOW.largest) {
      this.#window.end = Math.max(this.#window.end, to);
      return;
    }
    this.#decodeWindow();
    this.#window = { start: from, end: to };
  }

  #decodeWindow(): void {
    if (this.#window === undefined) return;
    let { start } = this.#window;
    const { end } = this.#window;
    this.#window = undefined;
    let backslashes = 0;
    while (this.#text[start - 1 - backslashes] === '\\') backslashes++;
    if (backslashes === start) backslashes += this.#backslashes;
    if (backslashes > MOST_BACKSLASHES) backslashes = MOST_BACKSLASHES + (backslashes % SAME_ESCAPES);
    start -= Math.min(backslashes, start);
    const source = this.#text.slice(start, end);
    if (source.includes('\\')) this.#take(unescaped(source), start);
    if (source.includes('\x1b') || source.includes('%') || source.includes('[')) this.#take(plain(source), start);
  }

  #take(view: DecodedView | undefined, offset: number): void {
    if (view === undefined) return;
    for (const secret of secretsIn(view.text, this.#depth + 1)) this.#found.push(asDecoded(secret, view, offset));
  }
}

/** Where a value ends that is longer than this; 0 for others. */
const LONG_VALUE = 160;

function endOfLongValue(text: string, start: number): number {
  let end = start;
  while (end < text.length && DATA_CODES[text.charCodeAt(end) & 0xff] === 1) end++;
  return end - start > LONG_VALUE ? end : 0;
}

/** How far behind a keyword an escape is looked for. */
const REACH = 160;
/** Escapes that may stand in a value or before it, which the patterns do not know how to read. */
const ENCODED_VALUE = /\\+[^"'\\nrt\s]|%[0-9A-Fa-f]{2}|\x1b|[:=>][\s'"\\>|-]{0,6}\\[nrt]/;

function isEncodedValue(text: string, from: number): boolean {
  return ENCODED_VALUE.test(text.slice(from, from + REACH));
}

/** Whether the token that goes on at this place goes on in an escape. */
function isEncodedToken(text: string, from: number): boolean {
  let at = from;
  const end = Math.min(from + REACH, text.length);
  while (at < end && DATA_CODES[text.charCodeAt(at) & 0xff] === 1) at++;
  const code = text.charCodeAt(at);
  if (code === 0x5c) return /[u/\\x0e]/.test(text[at + 1] ?? '');
  return code === 0x1b || code === 0x25;
}

function matchAt(pattern: RegExp, text: string, at: number): { whole: Range; secret: Range } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const whole = { start: at, end: at + match[0].length };
  const [, group] = match;
  if (group === undefined) return { whole, secret: whole };
  const start = at + match[0].lastIndexOf(group);
  return { whole, secret: { start, end: start + group.length } };
}

const TOKEN_CODES = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9_-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Some patterns match the beginning of a longer token: nothing of it may stay. */
function endOfToken(text: string, end: number): number {
  TOKEN.lastIndex = end;
  return end + (TOKEN.exec(text)?.[0].length ?? 0);
}
const TOKEN = /[A-Za-z0-9_-]*/y;

function composed(outer: DecodedView, inner: DecodedView | undefined): DecodedView | undefined {
  return inner && { text: inner.text, toSource: (range) => outer.toSource(inner.toSource(range)) };
}

/** The whole name that a part of is known, with the word before it. */
function nameAround(text: string, start: number, end: number): string {
  const [before = ''] = /(?:\b\w{1,16}[ ])?[\w.-]{0,48}$/.exec(text.slice(Math.max(start - 66, 0), start)) ?? [];
  return before + text.slice(start, end);
}

/** A variable, a mask, a word that stands for a secret, or what a former redaction put there. */
function isPlaceholder(secret: string): boolean {
  return /^\$\w+$|\$\{|\{\{|^<|REDACTED|\*{3}|x{6}|X{6}|\.{3}/.test(secret) || PLACEHOLDERS.has(secret.toLowerCase());
}
const PLACEHOLDERS = new Set([
  'password',
  'passwd',
  'pass',
  'secret',
  'token',
  'changeme',
  'user',
  'pwd',
  'test',
  'example',
  'postgres',
  'root',
  'admin',
  'mysql',
  'guest',
  'dummy',
  'username',
  'your_password',
  'yourpassword',
  'your-password',
  'mypassword',
  'p@ssw0rd',
]);

/** Base64 of this many characters more than the secret has is data: an image, a signature. */
const DATA = 160;
const DATA_CODES = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9+/=_-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** Whether a range lies in a long run of base64, where any short token may occur by chance. */
function isInData(text: string, { start, end }: Range): boolean {
  let extra = 0;
  for (let at = start - 1; at >= 0 && extra < DATA && DATA_CODES[text.charCodeAt(at) & 0xff] === 1; at--) extra++;
  for (let at = end; at < text.length && extra < DATA && DATA_CODES[text.charCodeAt(at) & 0xff] === 1; at++) extra++;
  return extra >= DATA;
}
