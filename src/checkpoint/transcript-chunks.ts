import { createHash } from 'node:crypto';
import { isMessageObject, splitMessageObject } from './message-objects.ts';

/** No file of a transcript exceeds 50 MiB, since hosting sites refuse files over 100 MB. */
export const CHUNK_BYTES = 50 * 1024 * 1024;

const NEWLINE = 0x0a;

/** A transcript laid down in pieces, and the hash of the whole. */
export interface ChunkedTranscript {
  readonly pieces: number;
  /** As `content_hash.txt` has it: `sha256:<64 hex>`. */
  readonly contentHash: string;
}

/**
 * Splits a transcript into pieces of at most `limit` bytes and hands them over one after the other: JSONL at line ends (the
 * newline between two pieces belongs to neither), a message object by its messages. Only one piece is in memory at a time,
 * but for a message object that is larger than the limit. A single line that is larger makes a piece of its own.
 */
export async function chunkTranscript(
  input: AsyncIterable<Uint8Array>,
  take: (piece: Buffer, index: number) => Promise<void>,
  limit = CHUNK_BYTES,
): Promise<ChunkedTranscript> {
  const hash = createHash('sha256');
  const source = input[Symbol.asyncIterator]();
  let pending: Buffer[] = [];
  let size = 0;
  let index = 0;
  let isLines: boolean | undefined;
  for (let next = await source.next(); next.done !== true; next = await source.next()) {
    const chunk = Buffer.from(next.value);
    hash.update(chunk);
    pending.push(chunk);
    size += chunk.length;
    // Within a line that is longer than a piece there is nothing to do until it ends.
    if (size <= limit || (isLines === true && !chunk.includes(NEWLINE))) continue;
    if (isLines === undefined) isLines = !looksLikeOneObject(Buffer.concat(pending));
    if (!isLines) continue; // has to be whole before it can be split
    let rest = Buffer.concat(pending);
    for (let cut = lineEndBefore(rest, limit); rest.length > limit && cut > 0; cut = lineEndBefore(rest, limit)) {
      await take(rest.subarray(0, cut), index++);
      rest = rest.subarray(cut + 1);
    }
    pending = [Buffer.from(rest)];
    size = rest.length;
  }
  const last = Buffer.concat(pending);
  const messages = isLines === false && isMessageObject(last) ? splitMessageObject(last, limit) : undefined;
  for (const piece of messages ?? [last]) await take(piece, index++);
  return { pieces: index, contentHash: `sha256:${hash.digest('hex')}` };
}

/** Where to cut: the last newline that leaves at most `limit` bytes before it, else the first one; -1 where there is none. */
function lineEndBefore(content: Buffer, limit: number): number {
  const before = content.lastIndexOf(NEWLINE, limit);
  const cut = before > 0 ? before : content.indexOf(NEWLINE, limit);
  // A newline at the very end ends the last piece; cutting there would leave an empty one.
  return cut === content.length - 1 ? -1 : cut;
}

/** JSONL has a whole JSON value in its first line; one object over several lines, or without any line end, has not. */
function looksLikeOneObject(start: Buffer): boolean {
  const end = start.indexOf(NEWLINE);
  if (end < 0) return true;
  try {
    JSON.parse(start.toString('utf8', 0, end));
    return false;
  } catch {
    return start[0] === 0x7b;
  }
}
