import { addTrailer, lastTrailer, SOURCE_COMMIT_TRAILER, withoutTrailer } from '../checkpoint/commit-message.ts';
import { type ParsedCommit, tryCommit } from '../git/commit.ts';
import { isObjectId, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';

/** The headers of a commit that still hold for one with another tree or parents. Signatures and merged tags don't: they sign other bytes. */
export function keptHeaders({ headers }: Pick<ParsedCommit, 'headers'>): string[] {
  return headers.filter((line) => /^(?:author|committer|encoding) /.test(line));
}

/** A commit with another tree and other parents, which is nobody's image. */
export function rebasedCommit(commit: ParsedCommit, tree: ObjectId, parents: readonly ObjectId[]): ParsedCommit {
  return {
    tree,
    parents,
    headers: keptHeaders(commit),
    message: withoutTrailer(commit.message, SOURCE_COMMIT_TRAILER),
  };
}

/**
 * The commit on `main` that a V1 commit becomes: the projected tree, the images of its parents, its author, committer and
 * encoding byte for byte, and its message with one more trailer, `Ckpt-V1-Commit`. Nothing else goes in, so that every
 * machine gets the same id.
 */
export function commitImage(
  v1: ObjectId,
  commit: ParsedCommit,
  tree: ObjectId,
  parents: readonly ObjectId[],
): ParsedCommit {
  return {
    tree,
    parents,
    headers: keptHeaders(commit),
    message: addTrailer(commit.message, SOURCE_COMMIT_TRAILER, v1),
  };
}

/** The V1 commit that a commit on `main` is the image of; `undefined` for a commit that something else wrote. */
export function originOfImage({ message }: Pick<ParsedCommit, 'message'>): ObjectId | undefined {
  const value = lastTrailer(message, SOURCE_COMMIT_TRAILER);
  return value !== undefined && isObjectId(value) ? value : undefined;
}

/** As `originOfImage`, of a commit by its id; `undefined` also for one that can't be read. */
export async function readOrigin(repo: Repository, commit: ObjectId): Promise<ObjectId | undefined> {
  const parsed = tryCommit((await repo.readObjects([commit]))[0]);
  return parsed && originOfImage(parsed);
}
