import { isUtf8 } from 'node:buffer';
import { isJson, tokenEnd } from '../json/tokens.ts';

/** Where a member of an object stands in the text: from the quote of its key to the end of its value. */
interface Member {
  readonly start: number;
  end: number;
  readonly dropped: boolean;
}

/** An object or array that the scan is inside of. */
interface Container {
  readonly kind: 'object' | 'array';
  /** The role that this value has in a summary. */
  readonly role: Role;
  /** Behind the opening bracket. */
  readonly start: number;
  readonly members: Member[];
  key: string;
}

type Role = 'summary' | 'sessions' | 'session' | 'other';

const DROPPED_KEYS = new Set(['transcript', 'content_hash']);
/** A text that is longer than a string can be is left as it is (V8: 2^29 - 24 characters). */
const LONGEST_TEXT = 0x1fff_ffe8;

/**
 * A checkpoint summary as `main` has it: from each object in `sessions[]` the members `transcript` and `content_hash` are
 * cut out of the text, each with its comma and white space, and no other byte changes: not the order of fields, not
 * numbers that a float can't hold, not `\u003c`. Returns the content itself where nothing is to be cut or it is not JSON.
 */
export function withoutTranscriptFields(content: Buffer): Buffer {
  if (content.length > LONGEST_TEXT || !isUtf8(content)) return content;
  // One character per byte, so that offsets in the text are offsets in the content. JSON's own characters are all ASCII.
  const text = content.toString('latin1');
  if (!isJson(text)) return content;
  const cuts = findCuts(text);
  if (cuts.length === 0) return content;
  const kept: Buffer[] = [];
  let at = 0;
  for (const { start, end } of cuts) {
    kept.push(content.subarray(at, start));
    at = end;
  }
  kept.push(content.subarray(at));
  return Buffer.concat(kept);
}

/** The ranges to cut from a text that is known to be JSON, in order. No recursion, so that no depth of nesting is too deep. */
function findCuts(text: string): Array<{ start: number; end: number }> {
  const cuts: Array<{ start: number; end: number }> = [];
  const stack: Container[] = [];
  let expectsKey = false;
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = tokenEnd(text, start);
    const top = stack.at(-1);
    switch (text.charAt(start)) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        break;
      case '{':
      case '[': {
        const kind = text.charAt(start) === '{' ? 'object' : 'array';
        stack.push({ kind, role: roleOf(top, kind), start: end, members: [], key: '' });
        expectsKey = kind === 'object';
        break;
      }
      case '}':
      case ']': {
        if (top?.role === 'session') cuts.push(...cutsOf(top, start));
        stack.pop();
        endMember(stack.at(-1), end);
        expectsKey = false;
        break;
      }
      case ',':
        expectsKey = top?.kind === 'object';
        break;
      case ':':
        expectsKey = false;
        break;
      default:
        if (!expectsKey) endMember(top, end);
        else if (top !== undefined) takeKey(top, text, start, end);
    }
  }
  return cuts;
}

function takeKey(container: Container, text: string, start: number, end: number): void {
  if (container.role === 'other') return;
  const raw = text.slice(start, end);
  container.key = raw.includes('\\') ? JSON.parse(raw) : raw.slice(1, -1);
  if (container.role !== 'session') return;
  container.members.push({ start, end, dropped: DROPPED_KEYS.has(container.key) });
}

function roleOf(parent: Container | undefined, kind: 'object' | 'array'): Role {
  if (parent === undefined) return kind === 'object' ? 'summary' : 'other';
  if (parent.role === 'summary' && parent.key === 'sessions' && kind === 'array') return 'sessions';
  return parent.role === 'sessions' && kind === 'object' ? 'session' : 'other';
}

function endMember(container: Container | undefined, end: number): void {
  const member = container?.role === 'session' ? container.members.at(-1) : undefined;
  if (member !== undefined) member.end = end;
}

/**
 * What to cut from one session's object. A dropped member takes the comma and white space before it along; where no kept
 * one precedes it, those behind it. An object that loses all its members becomes `{}`, as a pretty-printer writes it.
 */
function cutsOf(session: Container, closing: number): Array<{ start: number; end: number }> {
  const { members } = session;
  const firstKept = members.findIndex((member) => !member.dropped);
  if (firstKept < 0) return members.length === 0 ? [] : [{ start: session.start, end: closing }];
  const cuts: Array<{ start: number; end: number }> = [];
  const first = members[0];
  const kept = members[firstKept];
  if (firstKept > 0 && first !== undefined && kept !== undefined) cuts.push({ start: first.start, end: kept.start });
  for (let i = firstKept + 1; i < members.length; i++) {
    const member = members[i];
    const previous = members[i - 1];
    if (member?.dropped && previous !== undefined) cuts.push({ start: previous.end, end: member.end });
  }
  return cuts;
}
