import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/**
 * Transcripts that are one JSON object with a list of `messages` (Gemini, OpenCode), as opposed to JSONL. One that is too
 * large for one file is split by its messages into pieces that are such objects themselves.
 */

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;

/** True when the content is one JSON object with a list of messages. JSONL is not: its first line is a whole value. */
export function isMessageObject(content: Buffer): boolean {
  if (content[0] !== OPEN_BRACE) return false;
  const lineEnd = content.indexOf(NEWLINE);
  const hasMoreLines = lineEnd >= 0 && lineEnd < content.length - 1;
  if (hasMoreLines && parseObject(content.subarray(0, lineEnd)) !== undefined) return false;
  const messages = parseObject(content)?.messages;
  return Array.isArray(messages) && messages.length > 0;
}

/** Where the messages of such an object stand in its text: offsets in characters. */
interface MessageSpans {
  readonly text: string;
  readonly messages: ReadonlyArray<{ readonly start: number; readonly end: number }>;
}

/**
 * Splits a message object into pieces of at most `limit` bytes, each with all that stands around the messages and some of
 * them. A single message that is larger than the limit makes a piece of its own. Joining the pieces gives the same bytes
 * where all messages are separated alike, as every serializer does; else `undefined`: it can't be split without loss.
 */
export function splitMessageObject(content: Buffer, limit: number): Buffer[] | undefined {
  const { text, messages } = messageSpans(content);
  const first = messages[0];
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const head = text.slice(0, first.start);
  const tail = text.slice(last.end);
  const separator = separatorOf(text, messages);
  const pieces: Buffer[] = [];
  let from = 0;
  while (from < messages.length) {
    let to = from + 1;
    let bytes = byteLength(head) + byteLength(tail) + byteLength(slice(text, messages, from, to));
    for (; to < messages.length; to++) {
      const more = byteLength(separator) + byteLength(slice(text, messages, to, to + 1));
      if (bytes + more > limit) break;
      bytes += more;
    }
    pieces.push(Buffer.from(head + slice(text, messages, from, to) + tail, 'utf8'));
    from = to;
  }
  return joinMessageObjects(pieces).equals(content) ? pieces : undefined;
}

/** Puts the pieces of a message object together: the first one, with the messages of the others behind its own. */
export function joinMessageObjects(pieces: readonly Buffer[]): Buffer {
  const spans = pieces.map(messageSpans);
  const separator = spans.map(({ text, messages }) => separatorOf(text, messages)).find((text) => text !== '') ?? ',';
  const [first] = spans;
  if (first === undefined) return Buffer.alloc(0);
  const lists = spans.flatMap(({ text, messages }) => {
    return messages.length === 0 ? [] : [slice(text, messages, 0, messages.length)];
  });
  const head = first.text.slice(0, first.messages[0]?.start ?? 0);
  const tail = first.text.slice(first.messages.at(-1)?.end ?? 0);
  return Buffer.from(head + lists.join(separator) + tail, 'utf8');
}

function messageSpans(content: Buffer): MessageSpans {
  const text = content.toString('utf8');
  const root = parseTree(text);
  const messages: Node | undefined = root === undefined ? undefined : findNodeAtLocation(root, ['messages']);
  const children = messages?.type === 'array' ? (messages.children ?? []) : [];
  return { text, messages: children.map(({ offset, length }) => ({ start: offset, end: offset + length })) };
}

/** What stands between the first two messages; empty where there is only one. */
function separatorOf(text: string, messages: MessageSpans['messages']): string {
  const [first, second] = messages;
  return first === undefined || second === undefined ? '' : text.slice(first.end, second.start);
}

function slice(text: string, messages: MessageSpans['messages'], from: number, to: number): string {
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
