import { isUtf8 } from 'node:buffer';
import { type Child, children } from '../json/children.ts';
import { isObject } from '../json/read.ts';
import { isBlank as isBlankByte, skipBlank } from '../json/tokens.ts';
import { isJsonBytes } from '../json/validator.ts';

/**
 * Transcripts that are one JSON object with a list of `messages` (Gemini, OpenCode), as opposed to JSONL. One that is too
 * large for one file is split by its messages into pieces that are such objects themselves.
 */

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;

/** True when the content is one JSON object with a list of messages. JSONL is not: its first line is a whole value. */
export function isMessageObject(content: Buffer): boolean {
  // The beginning first: the first line of JSONL is short, and the whole may be large.
  if (beginsOtherwise(content)) return false;
  // What is written nowhere is no key: most lines are known by that, and are not parsed, which takes twice their length.
  if (!content.includes('"messages"')) return false;
  try {
    const value: unknown = JSON.parse(content.toString()); // a transcript may have any number of values
    return isObject(value) && Array.isArray(value.messages) && value.messages.length > 0;
  } catch {
    return false;
  }
}

/**
 * True where the beginning of a content, however much of it, shows that the whole is not a message object: it does not start with a
 * brace, or its first line is a value by itself and something follows, as in JSONL. False says nothing.
 */
export function beginsOtherwise(beginning: Buffer): boolean {
  if (beginning[0] !== OPEN_BRACE) return true;
  const lineEnd = beginning.indexOf(NEWLINE);
  if (lineEnd < 0 || isBlankContent(beginning.subarray(lineEnd))) return false;
  return isJsonBytes(beginning.subarray(0, lineEnd));
}

/** True where there is nothing but JSON's white space. */
export function isBlankContent(content: Buffer): boolean {
  return content.every(isBlankByte);
}

/** The list of messages in such an object. */
interface MessageList {
  readonly content: Buffer;
  /** Behind the bracket that opens the list. */
  readonly start: number;
  readonly messages: readonly Child[];
}

/**
 * Splits a message object into pieces of at most `limit` bytes, each with all that stands around the messages and some of
 * them. A single message that is larger than the limit makes a piece of its own. Joining the pieces gives the same bytes
 * where all messages are separated alike, as every serializer does; else `undefined`: it can't be split without loss.
 */
export function splitMessageObject(content: Buffer, limit: number): Buffer[] | undefined {
  const list = messageList(content);
  const { messages } = list;
  const first = messages[0];
  const last = messages.at(-1);
  if (first === undefined || last === undefined || !isUtf8(content)) return undefined;
  const head = content.subarray(0, first.start);
  const tail = content.subarray(last.end);
  const separator = separatorOf(list)?.length ?? 0;
  const pieces: Buffer[] = [];
  let from = 0;
  while (from < messages.length) {
    let to = from + 1;
    let bytes = head.length + tail.length + slice(list, from, to).length;
    for (; to < messages.length; to++) {
      const more = separator + slice(list, to, to + 1).length;
      if (bytes + more > limit) break;
      bytes += more;
    }
    pieces.push(Buffer.concat([head, slice(list, from, to), tail]));
    from = to;
  }
  return pieces.every(isMessageObject) && joinMessageObjects(pieces).equals(content) ? pieces : undefined;
}

/** Puts the pieces of a message object together: the first one, with the messages of the others behind its own. */
export function joinMessageObjects(pieces: readonly Buffer[]): Buffer {
  const lists = pieces.map(messageList);
  const [first] = lists;
  if (first === undefined) return Buffer.alloc(0);
  const separator = lists.map(separatorOf).find((text) => text !== undefined) ?? separatorBefore(first);
  const messages = lists
    .filter((list) => list.messages.length > 0)
    .flatMap((list, i) => [...(i === 0 ? [] : [separator]), slice(list, 0, list.messages.length)]);
  const head = first.content.subarray(0, first.messages[0]?.start ?? 0);
  const tail = first.content.subarray(first.messages.at(-1)?.end ?? 0);
  return Buffer.concat([head, ...messages, tail]);
}

function messageList(content: Buffer): MessageList {
  const text = content.toString('latin1');
  const list = children(text, skipBlank(text, 0)).find(({ name, value }) => name === 'messages' && text[value] === '[');
  return { content, start: (list?.value ?? -1) + 1, messages: list === undefined ? [] : children(text, list.value) };
}

/** What stands between the first two messages; `undefined` where there is only one. */
function separatorOf({ content, messages }: MessageList): Buffer | undefined {
  const [first, second] = messages;
  return first === undefined || second === undefined ? undefined : content.subarray(first.end, second.start);
}

/** What stands between messages where each has a piece of its own: a comma, and the white space before the first. */
function separatorBefore({ content, start, messages }: MessageList): Buffer {
  return Buffer.concat([Buffer.from(','), content.subarray(start, messages[0]?.start ?? start)]);
}

function slice({ content, messages }: MessageList, from: number, to: number): Buffer {
  return content.subarray(messages[from]?.start ?? 0, messages[to - 1]?.end ?? 0);
}
