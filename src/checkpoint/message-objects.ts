import { createScanner } from 'jsonc-parser';

/**
 * Transcripts that are one JSON object with a list of `messages` (Gemini, OpenCode), as opposed to JSONL. One that is too
 * large for one file is split by its messages into pieces that are such objects themselves.
 */

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
/** The scanner's `SyntaxKind.EOF`, an ambient const enum that isolated modules can't name. */
const END_OF_TEXT = 17;

/** True when the content is one JSON object with a list of messages. JSONL is not: its first line is a whole value. */
export function isMessageObject(content: Buffer): boolean {
  // The beginning first: the first line of JSONL is short, and the whole may be large.
  if (beginsOtherwise(content)) return false;
  const messages = parseObject(content)?.messages;
  return Array.isArray(messages) && messages.length > 0;
}

/**
 * True where the beginning of a content, however much of it, shows that the whole is no message object: it does not start with a
 * brace, or its first line is a value by itself and something follows, as in JSONL. False tells nothing.
 */
export function beginsOtherwise(beginning: Buffer): boolean {
  if (beginning[0] !== OPEN_BRACE) return true;
  const lineEnd = beginning.indexOf(NEWLINE);
  if (lineEnd < 0 || isBlank(beginning.subarray(lineEnd))) return false;
  return parseObject(beginning.subarray(0, lineEnd)) !== undefined;
}

/** True where there is nothing but JSON's white space. */
export function isBlank(content: Buffer): boolean {
  return content.every((byte) => byte === NEWLINE || byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** A stretch of a text, as offsets in characters. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the messages of such an object stand in its text. */
interface MessageSpans {
  readonly text: string;
  /** Behind the bracket that opens the list. */
  readonly listStart: number;
  readonly messages: readonly Span[];
}

/**
 * Splits a message object into pieces of at most `limit` bytes, each with all that stands around the messages and some of
 * them. A single message that is larger than the limit makes a piece of its own. Joining the pieces gives the same bytes
 * where all messages are separated alike, as every serializer does; else `undefined`: it can't be split without loss.
 */
export function splitMessageObject(content: Buffer, limit: number): Buffer[] | undefined {
  const spans = messageSpans(content);
  const { text, messages } = spans;
  const first = messages[0];
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const head = text.slice(0, first.start);
  const tail = text.slice(last.end);
  const separator = byteLength(separatorOf(spans) ?? '');
  const pieces: Buffer[] = [];
  let from = 0;
  while (from < messages.length) {
    let to = from + 1;
    let bytes = byteLength(head) + byteLength(tail) + byteLength(slice(text, messages, from, to));
    for (; to < messages.length; to++) {
      const more = separator + byteLength(slice(text, messages, to, to + 1));
      if (bytes + more > limit) break;
      bytes += more;
    }
    pieces.push(Buffer.from(head + slice(text, messages, from, to) + tail, 'utf8'));
    from = to;
  }
  return pieces.every(isMessageObject) && joinMessageObjects(pieces).equals(content) ? pieces : undefined;
}

/** Puts the pieces of a message object together: the first one, with the messages of the others behind its own. */
export function joinMessageObjects(pieces: readonly Buffer[]): Buffer {
  const spans = pieces.map(messageSpans);
  const [first] = spans;
  if (first === undefined) return Buffer.alloc(0);
  const separator = spans.map(separatorOf).find((text) => text !== undefined) ?? separatorBefore(first);
  const lists = spans.flatMap(({ text, messages }) => {
    return messages.length === 0 ? [] : [slice(text, messages, 0, messages.length)];
  });
  const head = first.text.slice(0, first.messages[0]?.start ?? 0);
  const tail = first.text.slice(first.messages.at(-1)?.end ?? 0);
  return Buffer.from(head + lists.join(separator) + tail, 'utf8');
}

/** Finds the list and its elements. A scanner, so that neither depth nor the number of values costs memory. */
function messageSpans(content: Buffer): MessageSpans {
  const text = content.toString('utf8');
  const scanner = createScanner(text, true);
  const messages: Span[] = [];
  let depth = 0;
  /** The last string in the object itself: the key of a value that follows. */
  let key = '';
  let listStart = -1;
  let messageStart = -1;
  while (scanner.scan() !== END_OF_TEXT) {
    const start = scanner.getTokenOffset();
    const end = start + scanner.getTokenLength();
    const token = text.charAt(start);
    const isInList = listStart >= 0 && depth === 2;
    if (isInList && (token === ',' || token === ']')) {
      if (token === ']') break;
      messageStart = -1;
      continue;
    }
    if (isInList && messageStart < 0) {
      messageStart = start;
      messages.push({ start, end });
    }
    if (token === '{' || token === '[') {
      depth += 1;
      if (depth === 2 && token === '[' && key === 'messages' && listStart < 0) listStart = end;
    } else if (token === '}' || token === ']') {
      depth -= 1;
      if (listStart >= 0 && depth === 2) messages[messages.length - 1] = { start: messageStart, end };
    } else if (depth === 1) {
      if (token === '"') key = scanner.getTokenValue();
      else if (token === ',') key = '';
    }
  }
  return { text, listStart, messages };
}

/** What stands between the first two messages; `undefined` where there is only one. */
function separatorOf({ text, messages }: MessageSpans): string | undefined {
  const [first, second] = messages;
  return first === undefined || second === undefined ? undefined : text.slice(first.end, second.start);
}

/** What stands between messages where each has a piece of its own: a comma, and the white space before the first. */
function separatorBefore({ text, listStart, messages }: MessageSpans): string {
  return `,${text.slice(listStart, messages[0]?.start ?? listStart)}`;
}

function slice(text: string, messages: readonly Span[], from: number, to: number): string {
  return text.slice(messages[from]?.start ?? 0, messages[to - 1]?.end ?? 0);
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function parseObject(text: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
