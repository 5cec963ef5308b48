import { isUtf8 } from 'node:buffer';
import { type Child, children } from '../json/children.ts';
import { isJson, LONGEST_TEXT, skipBlank } from '../json/tokens.ts';

const DROPPED_KEYS = new Set(['transcript', 'content_hash']);

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

/** The ranges to cut from a text that is known to be JSON, in order. */
function findCuts(text: string): Array<{ start: number; end: number }> {
  const summary = skipBlank(text, 0);
  if (text[summary] !== '{') return [];
  const lists = children(text, summary).filter(({ name, value }) => name === 'sessions' && text[value] === '[');
  const sessions = lists.flatMap(({ value }) => children(text, value)).filter(({ value }) => text[value] === '{');
  return sessions.flatMap((session) => cutsOf(session, children(text, session.value)));
}

/**
 * What to cut from one session's object. A dropped member takes the comma and white space before it along; where no kept
 * one precedes it, those behind it. An object that loses all its members becomes `{}`, as a pretty-printer writes it.
 */
function cutsOf(session: Child, members: readonly Child[]): Array<{ start: number; end: number }> {
  const isDropped = ({ name }: Child) => name !== undefined && DROPPED_KEYS.has(name);
  const firstKept = members.findIndex((member) => !isDropped(member));
  if (firstKept < 0) return members.length === 0 ? [] : [{ start: session.value + 1, end: session.end - 1 }];
  const cuts: Array<{ start: number; end: number }> = [];
  const first = members[0];
  const kept = members[firstKept];
  if (firstKept > 0 && first !== undefined && kept !== undefined) cuts.push({ start: first.start, end: kept.start });
  for (let i = firstKept + 1; i < members.length; i++) {
    const member = members[i];
    const previous = members[i - 1];
    if (member !== undefined && previous !== undefined && isDropped(member)) {
      cuts.push({ start: previous.end, end: member.end });
    }
  }
  return cuts;
}
