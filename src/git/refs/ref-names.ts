import { join } from 'node:path';
import type { RefName } from '../object-id.ts';
import type { RepositoryLocation } from '../repository-location.ts';

/** Those refs of a worktree (gitrepository-layout). */
const PER_WORKTREE = /^(?:[A-Z_]+$|refs\/(?:bisect|worktree|rewritten)\/)/;
const FORBIDDEN = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/;

/** True for a full ref name that git accepts (git-check-ref-format): `HEAD` or one below `refs/`. Such a name is a safe path. */
export function isRefName(name: string): boolean {
  if (/^[A-Z_]+$/.test(name)) return true;
  if (!name.startsWith('refs/') || FORBIDDEN.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** True for a ref that each linked worktree has for itself. Such refs can't be packed. */
export function isPerWorktree(name: RefName): boolean {
  return PER_WORKTREE.test(name);
}

/** The git directory that a ref's files lie in. */
export function refRoot(location: RepositoryLocation, name: RefName): string {
  return isPerWorktree(name) ? location.gitDir : location.commonDir;
}

/** The file of a loose ref. */
export function refPath(location: RepositoryLocation, name: RefName): string {
  return join(refRoot(location, name), name);
}

/** All names above this one that would be refs, were they there: `refs/a` and `refs/a/b` for `refs/a/b/c`. */
export function namesAbove(name: RefName): RefName[] {
  const parts = name.split('/');
  return parts.slice(2).map((_, index) => parts.slice(0, index + 2).join('/'));
}

/** Git's order of ref names: by their bytes. */
export function compareNames(a: RefName, b: RefName): number {
  // Up to the surrogates the order of UTF-16 is that of UTF-8.
  if (isBelowSurrogates(a) && isBelowSurrogates(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function isBelowSurrogates(name: RefName): boolean {
  return !/[\ud800-\uffff]/.test(name);
}
