import { GitError } from './errors.ts';
import type { ObjectId, RefName } from './object-id.ts';
import type { Ref } from './ref.ts';

/** A ref of a remote that is to move: only where it is at `old` (`null`: it must not exist). */
export interface RemoteUpdate {
  readonly ref: RefName;
  readonly old: ObjectId | null;
  readonly new: ObjectId;
}

/** A ref of a remote that is to be deleted: only where it is at `old`. */
export interface RemoteDeletion {
  readonly ref: RefName;
  readonly old: ObjectId;
}

/** What became of a ref in a push: `moved` means that somebody else was there first. */
export interface PushedRef {
  readonly ref: RefName;
  readonly outcome: 'pushed' | 'moved' | 'refused';
  /** The remote's words, without credentials. */
  readonly reason: string | null;
  /** What the remote said of the push as a whole, where it refused this ref and said anything. By `serverWords`. */
  readonly words?: string | undefined;
}

/** Where git fetches from and pushes to, as its configuration says: the two need not be one repository. */
export interface RemoteUrls {
  readonly fetch: string;
  /** Git pushes to each. */
  readonly push: readonly [string, ...string[]];
}

export interface RefFetchOptions {
  /** Refs here, of before the fetch: those that the refspecs would bring go where the remote has them no more. */
  readonly copies: readonly Ref[];
}

/**
 * The way to other repositories. Credentials are git's business; nobody is asked for one. A remote is a name out of the
 * configuration or a URL. Whatever fails there is a `GitError` with the code `REMOTE_FAILED`.
 */
export interface Network {
  /** The names of the remotes that are configured. */
  remotes(): Promise<string[]>;
  /** Where a remote is. What the configuration has no URL for is a URL itself. */
  urlsOf(remote: string): Promise<RemoteUrls>;
  /** Adds refspecs to those that `git fetch` takes for a remote, in the repository's own configuration. */
  addRefspecs(remote: string, refspecs: readonly string[]): Promise<void>;
  /** Takes these refspecs, as they are written here, out of them again. Others stay. */
  removeRefspecs(remote: string, refspecs: readonly string[]): Promise<void>;
  /** The refs that the remote has, of those that match one of some patterns, in one round trip. */
  list(remote: string, patterns: readonly string[]): Promise<Ref[]>;
  /** One fetch, of these refspecs and nothing else. */
  fetch(remote: string, refspecs: readonly string[], options: RefFetchOptions): Promise<void>;
  /**
   * One push, with a lease for each ref; runs no `pre-push` hook. `isAtomic`: all or none. Throws where the remote could not be
   * reached, broke off, or can't push atomically.
   */
  push(remote: string, updates: readonly RemoteUpdate[], options: { readonly isAtomic: boolean }): Promise<PushedRef[]>;
  /**
   * One push of refs that are new there or go on from what is there, each by itself; otherwise as `push`. One that would take
   * something back there is `moved`.
   */
  pushForward(remote: string, updates: readonly RemoteUpdate[]): Promise<PushedRef[]>;
  /** Deletes refs of a remote, each with a lease: `pushed` is one that is gone. Throws as `push` does. */
  delete(remote: string, deletions: readonly RemoteDeletion[]): Promise<PushedRef[]>;
}

/** What begins a hint where a server's certificate is not believed; what the certificate is to be named to follows. */
export const OWN_CA = "If the server's certificate is of a CA of your own, name the CA's certificate to";

/** A remote could not be reached, refused us, or broke off. Its words are without credentials. */
export class RemoteError extends GitError {
  override readonly code = 'REMOTE_FAILED';
}

/** What a server says to whoever pushes, as one line: without credentials, progress, what the ref's reason says, and what comes after ten lines. */
export function serverWords(text: string): string | undefined {
  const lines = withoutCredentials(text)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !isIdle(line));
  return lines.length === 0 ? undefined : lines.slice(0, 10).join('; ');
}

/** Progress as git's `progress.c` prints it, and what `receive-pack` says of a ref beside its report. */
function isIdle(line: string): boolean {
  return /^[\w ]+: +\d+(?:%|, done)/.test(line) || line.startsWith('error: hook declined to update ');
}

/** Whether a server, or git for it, refused a ref because it is not where it was expected. */
export function isMovedReason(reason: string): boolean {
  return MOVED.test(reason);
}

const MOVED =
  /stale info|fetch first|non-fast-forward|failed to (?:update ref|lock)|cannot lock ref|reference already exists|incorrect old value/;

/** Up to the last `@` before the path, as URLs are read; and where no port follows the colon, a password may have a slash. The colons of an IPv6 address come before no password. */
const CREDENTIALS =
  /(\b[a-z][a-z0-9+.-]*:\/\/)(?:[^/\s]*@|(?!\[[\da-f:.]+\])[^/\s:@]*:(?!\d*(?:[/?#'",;)\s]|$))\S*@)/gi;

/** A text without the user names and passwords of the URLs in it. */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIALS, '$1');
}
