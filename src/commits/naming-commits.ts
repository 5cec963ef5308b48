import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { namedCheckpoints } from '../checkpoint/named-checkpoints.ts';
import { CHECKPOINT_TRAILER } from '../checkpoint/trailers.ts';
import { commitHeader, type ParsedCommit, tryCommit } from '../git/commit.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository } from '../git/repository.ts';
import { readCommits } from './read-commits.ts';
import { isRefOfUsers } from './user-refs.ts';

/** A commit of the user that names a checkpoint, in UTF-8. */
export interface NamingCommit {
  readonly commit: ObjectId;
  /** The first line of its message. */
  readonly subject: string;
  /** `Ann Example <ann@example.com>`. */
  readonly author: string;
  /** When it was authored, in RFC 3339; `null` where the commit says no time that there is. */
  readonly authoredAt: string | null;
  /** The checkpoints that it names: more than one for a squash merge. */
  readonly checkpointCount: number;
}

/**
 * The commits that name each checkpoint: those that name the fewest first (the work itself before a squash merge of it); of these
 * the ones in `HEAD`'s history first, then the newest.
 */
export type NamingCommits = ReadonlyMap<CheckpointId, readonly NamingCommit[]>;

const known = new WeakMap<Repository, Promise<NamingCommits>>();

/**
 * Reads the messages of all commits that `HEAD` and the refs of users reach: one pass over the history for each repository that is
 * open. A shallow clone has what it has.
 */
export function readNamingCommits(repo: Repository): Promise<NamingCommits> {
  const reading = known.get(repo) ?? readAll(repo);
  known.set(repo, reading);
  return reading;
}

/** The newest commit in the history of this one that names a checkpoint; `undefined` where none does. */
export async function nearestNaming(repo: Repository, commit: ObjectId): Promise<ObjectId | undefined> {
  for (const id of await repo.commitsWithText([commit], CHECKPOINT_TRAILER)) {
    const [parsed] = await readCommits(repo, [id]);
    if (parsed !== undefined && namedCheckpoints(parsed.message).length > 0) return id;
  }
  return undefined;
}

/** What is said of one commit, which has been read: in UTF-8, whatever its encoding. */
export function describeCommit(commit: ObjectId, parsed: ParsedCommit): NamingCommit {
  const text = commitDecoder(parsed);
  const [, author = '', seconds] =
    /^(.*?) ?(?:(-?\d+) [-+]\d+)?$/.exec(text(commitHeader(parsed, 'author') ?? '')) ?? [];
  return {
    commit,
    subject: text(parsed.message.trimStart().split('\n', 1)[0] ?? '').trim(),
    author,
    authoredAt: timeOf(Number(seconds)),
    checkpointCount: namedCheckpoints(parsed.message).length,
  };
}

async function readAll(repo: Repository): Promise<NamingCommits> {
  const head = await repo.resolveRevision('HEAD');
  const refs = (await repo.listRefs('refs/')).filter(({ name }) => isRefOfUsers(name));
  const first = head === undefined ? [] : [head];
  const others = [...new Set(idsOf(refs))].filter((id) => id !== head);
  const ids = [
    ...(await repo.commitsWithText(first, CHECKPOINT_TRAILER)),
    ...(await repo.commitsWithText(others, CHECKPOINT_TRAILER, first)),
  ];
  const naming = new Map<CheckpointId, NamingCommit[]>();
  for await (const { objects } of readAhead(repo, ids)) {
    for (const object of objects) {
      const parsed = tryCommit(object);
      if (object === undefined || parsed === undefined) continue;
      const commit = describeCommit(object.id, parsed);
      for (const id of namedCheckpoints(parsed.message)) appendTo(naming, id, commit);
    }
  }
  for (const commits of naming.values()) commits.sort((a, b) => a.checkpointCount - b.checkpointCount);
  return naming;
}

/** Reads text of a commit in the encoding that the commit names; UTF-8 where it names none that is known. */
export function commitDecoder(commit: ParsedCommit): (latin1: string) => string {
  const decoder = decoderOf(commitHeader(commit, 'encoding') ?? 'utf-8');
  return (latin1) => decoder.decode(Buffer.from(latin1, 'latin1'));
}

function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}

function timeOf(seconds: number): string | null {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
