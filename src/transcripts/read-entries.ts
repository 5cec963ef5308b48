import { raw } from './blocks.ts';
import type { TranscriptEntry } from './entry.ts';
import { TranscriptReader } from './entry-reader.ts';
import { parseJson } from './members.ts';

/** Bytes of a line, or of a document that is one JSON value, up to which it is parsed. */
const LARGEST = 32 * 1024 * 1024;
/** Bytes that are kept of a longer line. */
const KEPT = 4096;
const LINE_FEED = 0x0a;

/**
 * The entries of a transcript, one after the other, from its bytes: lines of JSON, or one JSON document. No more is held than a
 * line or a document of 32 MiB; of a longer line the beginning is shown, and a longer document line by line.
 */
export async function* readTranscriptEntries(stream: AsyncIterable<Buffer>): AsyncGenerator<TranscriptEntry> {
  const reader = new TranscriptReader();
  const source = readLines(stream);
  // Without `return`, so that a loop may leave it and another go on.
  const lines: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
  try {
    const head = await readHead(lines);
    const document = parseJson(head.join('\n'));
    if (document !== undefined) yield* reader.entries(document);
    else for (const line of head) yield* entriesOfLine(reader, line);
    for await (const line of lines) if (line.trim() !== '') yield* entriesOfLine(reader, line);
  } finally {
    await source.return(undefined);
  }
}

/** The first line, where that is a value of its own; else what may be a document of several lines. */
async function readHead(lines: AsyncIterable<string>): Promise<string[]> {
  const head: string[] = [];
  let bytes = 0;
  for await (const line of lines) {
    if (line.trim() === '' && head.length === 0) continue;
    head.push(line);
    bytes += line.length;
    const isDocument = /^\s*[{[]/.test(head[0] ?? '') && (head.length > 1 || parseJson(line) === undefined);
    if (bytes > LARGEST || !isDocument) break;
  }
  return head;
}

function entriesOfLine(reader: TranscriptReader, line: string): TranscriptEntry[] {
  const value = parseJson(line);
  return value === undefined ? [raw(line)] : reader.entries(value);
}

async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string, undefined> {
  let pieces: Buffer[] = [];
  let length = 0;
  const take = (bytes: Buffer) => {
    if (length <= LARGEST) pieces.push(Buffer.from(bytes));
    length += bytes.length;
    if (length > LARGEST && pieces.length > 0) pieces = [Buffer.concat(pieces).subarray(0, KEPT)];
  };
  const line = () => {
    const text = Buffer.concat(pieces).toString('utf8');
    const whole = length <= LARGEST ? text : `${text} … (a line of ${length} bytes)`;
    pieces = [];
    length = 0;
    return whole;
  };
  for await (const chunk of stream) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      take(chunk.subarray(at, end));
      at = end + 1;
      yield line();
    }
    take(chunk.subarray(at));
  }
  if (length > 0) yield line();
  return undefined;
}
