/** Where a repository lies. All paths are absolute. */
export interface RepositoryLocation {
  /** The git directory of this worktree. */
  readonly gitDir: string;
  /** The git directory that all linked worktrees share. */
  readonly commonDir: string;
  /** Where its objects are: `objects` in `commonDir`, where git's environment does not name another folder. */
  readonly objectsDir: string;
  /** The top of the work tree; `undefined` in a bare repository, and inside a git directory. */
  readonly workTree: string | undefined;
}
