import { createHash } from 'node:crypto';
import { isJsonBytes } from '../json/validator.ts';
import { isBlankContent, isMessageObject, splitMessageObject } from './message-objects.ts';

/** No file of a transcript exceeds 50 MiB, since hosting sites refuse files over 100 MB. */
export const CHUNK_BYTES = 50 * 1024 * 1024;

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;

/** Parts from here on are not copied: a line of any length is held once. The memory of smaller ones may be used again by who makes them. */
const NOT_COPIED = 1 << 20;

/** A transcript laid down in pieces, and the hash of the whole. */
export interface ChunkedTranscript {
  readonly pieces: number;
  /** As `content_hash.txt` has it: `sha256:<64 hex>`. */
  readonly contentHash: string;
}

/** Takes one piece after the other. */
export type PieceTaker = (piece: Buffer, index: number) => Promise<void>;

/**
 * Splits a transcript into pieces of at most `limit` bytes and hands them over one after the other: JSONL at line ends (the
 * newline between two pieces belongs to neither), a message object by its messages. A line or message that is larger makes a
 * piece of its own. The pieces follow from the content alone, whatever parts it comes in. Only one piece is in memory at a
 * time, but for a message object that is larger than the limit.
 */
export async function chunkTranscript(
  input: AsyncIterable<Uint8Array>,
  take: PieceTaker,
  limit = CHUNK_BYTES,
): Promise<ChunkedTranscript> {
  const hash = createHash('sha256');
  const splitter = new Splitter(take, limit);
  for await (const part of input) {
    hash.update(part);
    await splitter.add(part.length < NOT_COPIED ? Buffer.from(part) : asBuffer(part));
  }
  return { pieces: await splitter.end(), contentHash: `sha256:${hash.digest('hex')}` };
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

class Splitter {
  readonly #take: PieceTaker;
  readonly #limit: number;
  /** What no piece has yet. */
  #pending: Buffer[] = [];
  #size = 0;
  /** Whether a line has ended since it was last looked at. */
  #hasLineEnd = false;
  #pieces = 0;
  /** `undefined` until it can be told, which matters only where there is more than one piece. */
  #isLines: boolean | undefined;

  constructor(take: PieceTaker, limit: number) {
    this.#take = take;
    this.#limit = limit;
  }

  async add(part: Buffer): Promise<void> {
    this.#pending.push(part);
    this.#size += part.length;
    this.#hasLineEnd ||= part.includes(NEWLINE);
    // Within a line that is longer than a piece there is nothing to do until it ends.
    if (this.#size <= this.#limit + 1 || !this.#hasLineEnd || this.#isLines === false) return;
    const content = this.#taken();
    this.#isLines ??= startsWithLine(content);
    const rest = this.#isLines === true ? await this.#takeLines(content, this.#limit + 1) : content;
    // Of what was cut a copy, so that what was handed over is not held in memory.
    this.#pending = [rest.length < content.length ? Buffer.from(rest) : rest];
    this.#size = rest.length;
    this.#hasLineEnd = false;
  }

  /** Hands over what is left. Returns the number of all pieces. */
  async end(): Promise<number> {
    const content = this.#taken();
    const messages =
      this.#isLines !== true && content.length > this.#limit && isMessageObject(content)
        ? splitMessageObject(content, this.#limit)
        : undefined;
    for (const piece of messages ?? [await this.#takeLines(content, this.#limit)]) await this.#give(piece);
    return this.#pieces;
  }

  /**
   * Cuts whole lines off as long as there are more than `most` bytes. Returns the rest. While more is to come, that is a byte
   * more than the limit: of a newline that is the last byte so far it can't be told whether a piece ends there.
   */
  async #takeLines(content: Buffer, most: number): Promise<Buffer> {
    let rest = content;
    while (rest.length > most) {
      const cut = this.#cutOf(rest);
      if (cut < 0) break;
      await this.#give(rest.subarray(0, cut));
      rest = rest.subarray(cut + 1);
    }
    return rest;
  }

  /** Where the next piece ends: at the last newline that fits, else at the first one; -1 where there is nothing to cut. */
  #cutOf(content: Buffer): number {
    // A newline at the very end ends the last piece; cutting there would leave an empty one.
    const inner = content.subarray(0, -1);
    const before = inner.lastIndexOf(NEWLINE, this.#limit);
    return before > 0 ? before : inner.indexOf(NEWLINE, this.#limit);
  }

  /** All that no piece has yet, in one. */
  #taken(): Buffer {
    const [only, ...more] = this.#pending;
    const content = only !== undefined && more.length === 0 ? only : Buffer.concat(this.#pending);
    this.#pending = [];
    return content;
  }

  async #give(piece: Buffer): Promise<void> {
    await this.#take(piece, this.#pieces++);
  }
}

/**
 * Whether this is the start of lines, and not of one JSON object: JSONL has a whole JSON value in its first line, with more
 * behind it. `undefined` where it can't be told yet: the first line has not ended, or nothing comes behind it.
 */
function startsWithLine(start: Buffer): boolean | undefined {
  if (start[0] !== OPEN_BRACE) return true;
  const end = start.indexOf(NEWLINE);
  if (end < 0 || isBlankContent(start.subarray(end))) return undefined;
  return isJsonBytes(start.subarray(0, end));
}
