import { isUtf8 } from 'node:buffer';
import { JsonValidator } from './validator.ts';

/** Longer lines are not held, but looked at as they come. Parsing one of this size takes some 40 MB at worst. */
const LONGEST_HELD = 1 << 20;
/** Invalid lines that are named; the others are counted. */
const NAMED_LINES = 10;

const NEWLINE = 0x0a;

/** The lines of a transcript that are not JSON. */
export interface InvalidLines {
  readonly count: number;
  /** The numbers of the first ones, from 1 on. */
  readonly first: readonly number[];
}

/**
 * Looks at whether each line of a transcript is JSON; white space alone is a line too, and a last line needs no newline. A transcript
 * that is one JSON value over several lines (Gemini, OpenCode) is valid as well, and so is each of its pieces. Bytes that are not UTF-8
 * are not JSON. Memory does not grow with the transcript, nor with a line of it.
 */
export class JsonLines {
  #mode: 'start' | 'lines' | 'document' | 'stopped' = 'start';
  #line = 1;
  /** The beginning of a line that has not ended. */
  #held: Buffer[] = [];
  #heldSize = 0;
  /** The line at hand where it is too long to be held, or the document. */
  #stream: StreamedJson | undefined;
  /** The first line of what may be a document, if it is not JSON by itself. */
  #opening: Buffer | undefined;
  #count = 0;
  readonly #first: number[] = [];
  /** Lines, also those that are not JSON, and documents. */
  #values = 0;

  /** Takes the next bytes. They may be used again afterwards. */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = this.#take(bytes, at);
  }

  /** A piece of the transcript ends: a newline is between it and the next one. */
  endPiece(): void {
    const isLineEnd = this.#mode === 'lines' && this.#heldSize === 0 && this.#stream === undefined;
    this.#endOfInput();
    if (isLineEnd || this.#mode === 'stopped') this.#line += 1;
    if (this.#mode !== 'lines') this.#mode = 'start';
  }

  /** Nothing more comes. */
  end(): InvalidLines {
    this.#endOfInput();
    return { count: this.#count, first: this.#first };
  }

  /** How many values have come: one for each line that is not blank, one for a document. */
  get values(): number {
    return this.#values;
  }

  /** Takes bytes from an offset on, and returns where it has come to. */
  #take(bytes: Buffer, at: number): number {
    if (this.#mode === 'stopped') this.#countLines(bytes.subarray(at));
    else if (this.#mode === 'document') this.#addToDocument(bytes.subarray(at));
    else {
      const end = bytes.indexOf(NEWLINE, at);
      const isLineStart = this.#heldSize === 0 && this.#stream === undefined;
      if (end >= 0 && this.#mode === 'lines' && isLineStart) return this.#takeLines(bytes, at);
      this.#hold(bytes.subarray(at, end < 0 ? undefined : end));
      if (end >= 0) this.#endLine();
      return end < 0 ? bytes.length : end + 1;
    }
    return bytes.length;
  }

  #endOfInput(): void {
    const isInLine = this.#mode === 'start' || this.#mode === 'lines';
    if (isInLine && (this.#heldSize > 0 || this.#stream !== undefined)) this.#endLine();
    if (this.#opening !== undefined) this.#reject(this.#line - 1);
    this.#opening = undefined;
    if (this.#mode !== 'document') return;
    if (this.#stream?.isValid === false) this.#reject(this.#line);
    this.#stream = undefined;
    this.#values += 1;
    this.#line += 1;
  }

  /** The lines that lie whole within these bytes. Returns where the rest begins. */
  #takeLines(bytes: Buffer, from: number): number {
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    const areUtf8 = isUtf8(bytes.subarray(from, last));
    for (let at = from; at < last; this.#line++, this.#values++) {
      const end = bytes.indexOf(NEWLINE, at);
      if (!isJsonOrBlank(bytes, at, end, areUtf8)) this.#reject(this.#line);
      at = end + 1;
    }
    return last;
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    if (this.#stream !== undefined) {
      this.#stream.feed(part);
      return;
    }
    // A copy: the bytes may be used again by who gave them.
    this.#held.push(Buffer.from(part));
    this.#heldSize += part.length;
    if (this.#heldSize <= LONGEST_HELD) return;
    const start = Buffer.concat(this.#takeHeld());
    const opening = this.#opening;
    this.#opening = undefined;
    // Behind a first line that is not JSON, so long a second one can only be the inside of a document.
    this.#stream = new StreamedJson();
    if (opening !== undefined) {
      this.#mode = 'document';
      this.#addToDocument(Buffer.concat([opening, start]));
    } else this.#stream.feed(start);
  }

  #endLine(): void {
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#stream = undefined;
      if (!stream.isValid) this.#reject(this.#line);
      if (this.#mode === 'start') this.#mode = 'lines';
      this.#line += 1;
      this.#values += 1;
      return;
    }
    const line = Buffer.concat(this.#takeHeld());
    if (this.#mode === 'start') this.#decide(line);
    else if (!isJsonOrBlank(line, 0, line.length, isUtf8(line))) this.#reject(this.#line);
    if (this.#mode !== 'document') this.#line += 1;
    if (this.#mode === 'lines' && !isBlank(line)) this.#values += 1;
  }

  /** At the end of the first or second line: whether lines follow each other, or a document goes on. */
  #decide(line: Buffer): void {
    const isWhole = isJsonOrBlank(line, 0, line.length, isUtf8(line));
    const opening = this.#opening;
    if (opening === undefined) {
      if (!isWhole && isOpening(line)) this.#opening = Buffer.concat([line, Buffer.of(NEWLINE)]);
      else if (!isWhole) this.#reject(this.#line);
      if (this.#opening === undefined && !isBlank(line)) this.#mode = 'lines';
      return;
    }
    this.#opening = undefined;
    const document = new StreamedJson();
    document.feed(Buffer.concat([opening, line, Buffer.of(NEWLINE)]));
    if (document.failedAt === undefined) {
      this.#mode = 'document';
      this.#stream = document;
      this.#line += 1;
      return;
    }
    this.#mode = 'lines';
    this.#reject(this.#line - 1);
    if (!isWhole) this.#reject(this.#line);
  }

  #addToDocument(bytes: Buffer): void {
    const failedAt = this.#stream?.feed(bytes);
    const seen = failedAt === undefined ? bytes : bytes.subarray(0, failedAt);
    this.#countLines(seen);
    if (failedAt === undefined) return;
    this.#reject(this.#line);
    this.#stream = undefined;
    this.#mode = 'stopped';
    this.#countLines(bytes.subarray(failedAt));
  }

  #countLines(bytes: Buffer): void {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#line += 1;
  }

  #takeHeld(): Buffer[] {
    const held = this.#held;
    this.#held = [];
    this.#heldSize = 0;
    return held;
  }

  #reject(line: number): void {
    this.#count += 1;
    if (this.#first.length < NAMED_LINES) this.#first.push(line);
  }
}

/** A JSON value that is looked at as it comes. */
class StreamedJson {
  readonly #scanner = new JsonValidator();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Where in the bytes that came last it went wrong. */
  failedAt: number | undefined;

  feed(bytes: Buffer): number | undefined {
    if (this.failedAt === undefined) this.failedAt = this.#scanner.feed(bytes) ?? this.#notUtf8(bytes);
    return this.failedAt;
  }

  get isValid(): boolean {
    return this.failedAt === undefined && this.#scanner.isComplete && this.#decodes(Buffer.alloc(0), false);
  }

  #notUtf8(bytes: Buffer): number | undefined {
    return this.#decodes(bytes, true) ? undefined : 0;
  }

  #decodes(bytes: Buffer, stream: boolean): boolean {
    try {
      this.#decoder.decode(bytes, { stream });
      return true;
    } catch {
      return false;
    }
  }
}

function isOpening(line: Buffer): boolean {
  return /^[ \t\r]*[{[]/.test(line.toString('latin1', 0, 256));
}

function isBlank(line: Buffer): boolean {
  return line.length < 256 && line.toString('latin1').trim() === '';
}

/** As latin1 a line is parsed fastest; what JSON allows outside of strings is ASCII, so that it makes no difference. */
function isJsonOrBlank(bytes: Buffer, start: number, end: number, isUtf8Already: boolean): boolean {
  if (!isUtf8Already && !isUtf8(bytes.subarray(start, end))) return false;
  const text = bytes.toString('latin1', start, end);
  try {
    JSON.parse(text);
    return true;
  } catch {
    return /^[ \t\r]*$/.test(text);
  }
}
