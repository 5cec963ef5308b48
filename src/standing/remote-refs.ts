import type { RefName } from '../git/object-id.ts';
import type { Ref } from '../git/repository.ts';
import { BRANCH_REF, BRANCHES_PREFIX, CHECKPOINTS_PREFIX, layoutOfRef, SPLIT_PREFIX } from '../layout/ref-names.ts';

/** Below this prefix lies what a remote has, a folder a remote. No command of git's or Entire's writes or pushes it. */
const REMOTES_PREFIX = 'refs/ckpt/remotes/';

/** What a remote is asked for: V1's branch, V2's refs and git-refs. */
export const REMOTE_PATTERNS: readonly string[] = [BRANCH_REF, `${CHECKPOINTS_PREFIX}*`];

/** The prefix of what a remote has, by its name. Characters that no ref may have become hyphens. */
export function trackingPrefix(remote: string): string {
  const name = remote.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|\.lock$|[.]+$|\.\./g, '-');
  return `${REMOTES_PREFIX}${name}/`;
}

/** The refspecs of a fetch: everything by shape, or V2's metadata alone. A pattern that the remote has nothing for is not an error. */
export function fetchRefspecs(remote: string, isMetadataOnly: boolean): string[] {
  const prefix = trackingPrefix(remote);
  if (isMetadataOnly) {
    return [`+${SPLIT_PREFIX}*:${prefix}checkpoints/v2/*`, `^${SPLIT_PREFIX}full/*`];
  }
  return [`+${BRANCHES_PREFIX}*:${prefix}heads/*`, `+${CHECKPOINTS_PREFIX}*:${prefix}checkpoints/*`];
}

/** A tracked ref under the name that it has at the remote; `undefined` for what is of no layout. */
function remoteName(remote: string, tracked: RefName): RefName | undefined {
  const [folder = '', ...rest] = tracked.slice(trackingPrefix(remote).length).split('/');
  const prefix = { heads: BRANCHES_PREFIX, checkpoints: CHECKPOINTS_PREFIX }[folder];
  const name = prefix === undefined ? undefined : prefix + rest.join('/');
  return name !== undefined && isOfLayout(name) ? name : undefined;
}

/** The ref under which a remote's ref is kept here: the other direction of `remoteName`. */
export function trackedName(remote: string, name: RefName): RefName {
  const isBranch = name.startsWith(BRANCHES_PREFIX);
  const path = isBranch
    ? `heads/${name.slice(BRANCHES_PREFIX.length)}`
    : `checkpoints/${name.slice(CHECKPOINTS_PREFIX.length)}`;
  return trackingPrefix(remote) + path;
}

/** True for the refs of the three layouts, by their shape alone. */
export function isOfLayout(name: RefName): boolean {
  return layoutOfRef(name) !== undefined;
}

/** Tracked refs, by the names that they have at the remote. */
export function byRemoteName(remote: string, tracked: readonly Ref[]): Map<RefName, Ref> {
  return new Map(
    tracked.flatMap((ref) => {
      const name = remoteName(remote, ref.name);
      return name === undefined ? [] : [[name, ref] as const];
    }),
  );
}
