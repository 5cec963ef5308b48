import { isJson, tokenEnd } from '../json/tokens.ts';
import { type CheckpointId, shardPath } from './checkpoint-id.ts';

/** The names of the files that a session has in its folder, in V1's names; `undefined` where it has none. */
export interface SessionFileNames {
  readonly transcript: string | undefined;
  readonly contentHash: string | undefined;
}

/** A member of a session's object in the text of a summary: where its key begins, and its value begins and ends. */
interface Member {
  readonly key: string;
  readonly start: number;
  value: number;
  end: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A session's path from the checkpoint's folder, in quotes. */
const FROM_FOLDER = /^"\/(?:\d+|tasks)\//;
/** The session folder that a path to its metadata names. */
const METADATA_PATH = /^"(?:.*\/)?(\d+)\/metadata\.json"$/;
/** A path to a file under the names that Entire's V2 had: its summaries list the compact transcript and its hash. */
const OTHER_NAME = /\/(?:raw_transcript[^/]*|transcript\.jsonl|transcript_hash\.txt)"$/;

/**
 * A summary in V1's form, out of that of git-refs: the strings in the objects of `sessions[]` that are paths from the checkpoint's
 * folder have its shard path in front again. No other byte changes: returns the content itself where there are none, or it is not JSON.
 */
export function plainOfRefsSummary(content: Buffer, id: CheckpointId): Buffer {
  const shard = `"/${shardPath(id)}`;
  return edited(content, (text, members) =>
    members.flatMap(({ value, end }) => {
      const path = text.slice(value, end);
      const isCut = FROM_FOLDER.test(path) || path.startsWith(`${shard}/`);
      return isCut ? [{ start: value, end, text: shard + path.slice(1) }] : [];
    }),
  );
}

/**
 * A summary in V1's form, out of that of V2: each object of `sessions[]` names the transcript and the content hash that its session
 * has, after `metadata` where it did not, and under V1's names where Entire's V2 had others. No other byte changes.
 */
export function plainOfSplitSummary(
  content: Buffer,
  id: CheckpointId,
  filesOf: (session: string) => SessionFileNames | undefined,
): Buffer {
  return edited(content, (text, members) => {
    const metadata = members.find(({ key }) => key === 'metadata');
    const session = metadata && METADATA_PATH.exec(text.slice(metadata.value, metadata.end))?.[1];
    const files = session === undefined ? undefined : filesOf(session);
    if (metadata === undefined || files === undefined) return [];
    const named = [
      ['transcript', files.transcript],
      ['content_hash', files.contentHash],
    ] as const;
    const edits: Edit[] = [];
    let added = '';
    // What stands between it and the next member, or, where it is the only one, what stands before it.
    const next = members[members.indexOf(metadata) + 1];
    const before = /[ \t\r\n]*$/.exec(text.slice(0, metadata.start))?.[0] ?? '';
    const comma = next === undefined ? `,${before}` : text.slice(metadata.end, next.start);
    const colon = text.slice(metadata.start, metadata.value).replace(/^"[^"]*"/, '');
    for (const [key, name] of named) {
      if (name === undefined) continue;
      const path = `"/${shardPath(id)}/${session}/${name}"`;
      const member = members.find((one) => one.key === key);
      if (member === undefined) added += `${comma}"${key}"${colon}${path}`;
      else if (OTHER_NAME.test(text.slice(member.value, member.end))) {
        edits.push({ start: member.value, end: member.end, text: path });
      }
    }
    if (added !== '') edits.push({ start: metadata.end, end: metadata.end, text: added });
    return edits;
  });
}

function edited(content: Buffer, editsOf: (text: string, session: readonly Member[]) => readonly Edit[]): Buffer {
  // One character per byte: JSON's own characters are all ASCII.
  const text = content.toString('latin1');
  if (!isJson(text)) return content;
  const edits = sessionsIn(text).flatMap((members) => editsOf(text, members));
  if (edits.length === 0) return content;
  let written = '';
  let at = 0;
  for (const edit of edits.sort((a, b) => a.start - b.start)) {
    written += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return Buffer.from(written + text.slice(at), 'latin1');
}

/** What the scan is inside of; only the objects in the root's `sessions` have members. */
interface Container {
  readonly isObject: boolean;
  readonly role: 'root' | 'sessions' | 'session' | 'other';
  readonly members: Member[];
}

/** The members of each object in the list `sessions` of a text that is known to be JSON. No recursion. */
function sessionsIn(text: string): Member[][] {
  const sessions: Member[][] = [];
  const open: Container[] = [];
  let expectsKey = false;
  const endValue = (end: number) => {
    const member = open.at(-1)?.members.at(-1);
    if (member !== undefined) member.end = end;
  };
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = tokenEnd(text, start);
    const first = text.charAt(start);
    const top = open.at(-1);
    if (first === ' ' || first === '\n' || first === '\r' || first === '\t') continue;
    if (first === ',') expectsKey = top?.isObject === true;
    else if (first === '}' || first === ']') {
      open.pop();
      endValue(end);
    } else if (first !== ':') {
      const isKey = expectsKey && first === '"';
      expectsKey = first === '{';
      const member = isKey ? undefined : top?.members.at(-1);
      if (member !== undefined && member.value === 0) member.value = start;
      if (isKey) top?.members.push({ key: JSON.parse(text.slice(start, end)), start, value: 0, end });
      else if (first === '{' || first === '[') {
        const container = { isObject: first === '{', role: roleOf(top, first === '{'), members: [] };
        if (container.role === 'session') sessions.push(container.members);
        open.push(container);
      } else endValue(end);
    }
  }
  return sessions;
}

function roleOf(parent: Container | undefined, isObject: boolean): Container['role'] {
  if (parent === undefined) return isObject ? 'root' : 'other';
  if (parent.role === 'root' && !isObject && parent.members.at(-1)?.key === 'sessions') return 'sessions';
  return parent.role === 'sessions' && isObject ? 'session' : 'other';
}
