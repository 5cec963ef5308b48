import { isJsonBytes } from '../json/validator.ts';
import { BACKSLASH, backslashesBefore } from './backslashes.ts';
import { BY_NAME, type FindSecrets, type FoundSecret } from './finder.ts';
import { jsonStrings } from './json-strings.ts';
import type { Range } from './range.ts';
import { textCut } from './text-cut.ts';
import type { TranscriptFormat } from './transcript-format.ts';

const LINE_FEED = 0x0a;

/** A secret in some bytes, and the names of the rules that found it or one that overlaps it. */
export interface SecretInBytes extends Range {
  readonly rules: readonly string[];
  /** It lies in a key of a JSON object. */
  readonly isInKey: boolean;
}

/** A document or a text with secrets. */
export interface DocumentWithSecrets extends Range {
  /** In order; they do not overlap. */
  readonly secrets: readonly SecretInBytes[];
}

/** What was found in some bytes. */
export interface FoundInBytes {
  /** In order. A line that is JSON is a document; where the whole is one, it is the only one; any other line is a text. */
  readonly documents: DocumentWithSecrets[];
  /** Where the end of the bytes begins that must be seen together with what follows. */
  readonly end: number;
}

/** Finds the secrets in whole lines of a transcript, or in everything where `isEnd`; changes nothing. */
export function secretsInBytes(
  bytes: Buffer,
  format: TranscriptFormat,
  isEnd: boolean,
  find: FindSecrets,
): FoundInBytes {
  const found = find(bytes).sort((a, b) => a.start - b.start);
  const end = isEnd ? bytes.length : endOf(bytes, found);
  const settled = found.filter((secret) => secret.end <= end);
  const isWhole = settled.length > 0 && format === 'json' && isJsonBytes(bytes);
  const documents = isWhole ? [inDocument(bytes, { start: 0, end: bytes.length }, settled)] : inLines(bytes, settled);
  return { documents: documents.filter(({ secrets }) => secrets.length > 0), end };
}

/** The end of what can be settled now: of all lines where the last one is JSON, else a place to cut a text. */
function endOf(bytes: Buffer, found: readonly FoundSecret[]): number {
  const { start } = lineAround(bytes, Math.max(bytes.length - 1, 0));
  return isJsonBytes(bytes.subarray(start)) ? bytes.length : textCut(bytes, found);
}

function inLines(bytes: Buffer, found: readonly FoundSecret[]): DocumentWithSecrets[] {
  const documents: DocumentWithSecrets[] = [];
  for (let index = 0; index < found.length; ) {
    const first = found[index] as FoundSecret;
    const line = lineAround(bytes, first.start);
    const inLine: FoundSecret[] = [];
    let end = line.end;
    for (let next = found[index]; next !== undefined && next.start < end; next = found[++index]) {
      inLine.push(next);
      // A private key goes over lines.
      if (next.end > end) end = lineAround(bytes, next.end - 1).end;
    }
    const isOne = end === line.end && isJsonBytes(bytes.subarray(line.start, line.end));
    documents.push(
      isOne ? inDocument(bytes, line, inLine) : { start: line.start, end, secrets: merged(inLine, false) },
    );
  }
  return documents;
}

function lineAround(bytes: Buffer, offset: number): Range {
  const feed = bytes.indexOf(LINE_FEED, offset);
  const start = offset === 0 ? 0 : bytes.lastIndexOf(LINE_FEED, offset - 1) + 1;
  return { start, end: feed < 0 ? bytes.length : feed + 1 };
}

/** What lies in the strings of a JSON document: nothing else of it may change. */
function inDocument(bytes: Buffer, document: Range, found: readonly FoundSecret[]): DocumentWithSecrets {
  const json = bytes.subarray(document.start, document.end);
  const usable = found.filter(({ isPlain, start, end }) => !isPlain || !hasEscape(bytes, start, end));
  const secrets: SecretInBytes[] = [];
  let index = 0;
  for (const string of jsonStrings(json)) {
    const start = document.start + string.start;
    const end = document.start + string.end;
    while (index < usable.length && (usable[index] as FoundSecret).end <= start) index++;
    if (index === usable.length) break;
    const inString: FoundSecret[] = [];
    for (let at = index; at < usable.length && (usable[at] as FoundSecret).start < end; at++) {
      const secret = usable[at] as FoundSecret;
      if (secret.end > start) {
        inString.push({ ...secret, start: Math.max(secret.start, start), end: Math.min(secret.end, end) });
      }
    }
    for (const each of merged(inString, string.isKey)) secrets.push(each);
  }
  return { ...document, secrets };
}

/** Whether a range of a JSON text has an escape in it, or begins in one: then what it is was seen with the escapes resolved. */
function hasEscape(bytes: Buffer, start: number, end: number): boolean {
  return backslashesBefore(bytes, start, 0) % 2 === 1 || bytes.subarray(start, end).includes(BACKSLASH);
}

function merged(found: readonly FoundSecret[], isInKey: boolean): SecretInBytes[] {
  const secrets: Array<{ start: number; end: number; rules: string[]; isInKey: boolean }> = [];
  for (const { start, end, rule } of found.toSorted((a, b) => a.start - b.start)) {
    const last = secrets.at(-1);
    if (last === undefined || start >= last.end) secrets.push({ start, end, rules: [rule], isInKey });
    else {
      // The first rule that finds a whole secret names it; a form says more than a name.
      if (last.rules[0] === BY_NAME) last.rules = [rule];
      else if (end > last.end && rule !== BY_NAME && !last.rules.includes(rule)) last.rules.push(rule);
      last.end = Math.max(last.end, end);
    }
  }
  return secrets;
}
