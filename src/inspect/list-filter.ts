import type { CreatedAt } from '../checkpoint/created-at.ts';
import type { Instant } from '../checkpoint/instant.ts';
import type { NamingCommit } from '../commits/naming-commits.ts';
import type { SessionFields } from './session-fields.ts';

/** What narrows a list down; a checkpoint has to fit all of it. Upper and lower case make no difference, but in paths. */
export interface ListFilter {
  /** Only checkpoints with a session that is as new as this. */
  readonly since?: Instant | undefined;
  /** Only checkpoints whose newest session is not newer than this. */
  readonly until?: Instant | undefined;
  /** A session was on this branch; `*` stands for anything. */
  readonly branch?: string | undefined;
  /** The name of a session's agent has this text. */
  readonly agent?: string | undefined;
  /** The author of a commit that names it has this text in the name or address. */
  readonly author?: string | undefined;
  /** The prompts, or the subject of a commit that names it, have this text. */
  readonly grep?: string | undefined;
  /** A session touched this file, or a file below this folder; `*` stands for anything. */
  readonly file?: string | undefined;
}

/** Whether the newest of a checkpoint's times is within those that were asked for. */
export function isInTime(newest: CreatedAt | undefined, { since, until }: ListFilter): boolean {
  if (since === undefined && until === undefined) return true;
  if (newest === undefined) return false;
  return (since === undefined || newest.instant >= since) && (until === undefined || newest.instant <= until);
}

/** Whether a checkpoint's sessions are among those that were asked for. */
export function sessionsFit(sessions: readonly (SessionFields | undefined)[], filter: ListFilter): boolean {
  const { branch, agent, file } = filter;
  const some = (fits: (session: SessionFields) => boolean) => sessions.some((one) => one !== undefined && fits(one));
  const isBranch = branch === undefined ? undefined : pattern(branch, '', 'i');
  const isFile =
    file === undefined ? undefined : pattern(file.replace(/^\.\//, '').replace(/\/+$/, ''), '(?:/.*)?', '');
  return (
    (isBranch === undefined || some((session) => isBranch.test(session.branch ?? ''))) &&
    (agent === undefined || some((session) => hasText(session.agent, agent))) &&
    (isFile === undefined || some((session) => (session.files_touched ?? []).some((path) => isFile.test(path))))
  );
}

/** Whether the commits that name a checkpoint have such an author. */
export function commitsFit(commits: readonly NamingCommit[], { author }: ListFilter): boolean {
  return author === undefined || commits.some((commit) => hasText(commit.author, author));
}

/** Whether a text has another one in it, whatever its case. */
export function hasText(text: string | undefined, wanted: string): boolean {
  return (text ?? '').toLowerCase().includes(wanted.toLowerCase());
}

/** A text in which `*` stands for anything, and what may come behind it. */
function pattern(text: string, behind: string, flags: string): RegExp {
  const words = text.split('*').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${words.join('.*')}${behind}$`, `s${flags}`);
}
