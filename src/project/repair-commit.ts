import { SOURCE_COMMIT_TRAILER } from '../checkpoint/commit-message.ts';
import { commitHeader, type ParsedCommit, serializeCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';

const SUBJECT = 'Repair V2';
const IDENTITY = 'ckpt <ckpt@localhost>';

/**
 * The commit that a repair puts on top of `main` or `full/current`: by this program, at the moment of the V1 commit that V2 was
 * projected from, which its trailer names again, so that a later migration goes on from there; where none is known, of the commit `original`.
 */
export function repairCommit(
  v1: ObjectId | undefined,
  original: ParsedCommit,
  tree: ObjectId,
  parent: ObjectId,
): Buffer {
  const date = /> (\d+ [+-]\d{4})$/.exec(commitHeader(original, 'committer') ?? '')?.[1] ?? '0 +0000';
  return serializeCommit({
    tree,
    parents: [parent],
    headers: [`author ${IDENTITY} ${date}`, `committer ${IDENTITY} ${date}`],
    message: v1 === undefined ? `${SUBJECT}\n` : `${SUBJECT}\n\n${SOURCE_COMMIT_TRAILER}: ${v1}\n`,
  });
}

/** True for a commit that a repair has put on top of `main`: it has the tree of an image, and is none itself. */
export function isRepairCommit({ parents, headers, message }: ParsedCommit): boolean {
  const isOurs =
    headers.length === 2 && headers.every((line) => /^(?:author|committer) ckpt <ckpt@localhost> /.test(line));
  return isOurs && parents.length === 1 && message.startsWith(`${SUBJECT}\n\n${SOURCE_COMMIT_TRAILER}: `);
}
