import { lastTrailer, SOURCE_TIP_TRAILER } from '../checkpoint/commit-message.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { batches } from '../git/batches.ts';
import { parseCommit, tryCommit } from '../git/commit.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { originOfImage } from './commit-image.ts';

/** How V2's `main` relates to V1. `origin` is the V1 commit that `main` was projected from. */
export type Relation =
  /** `main` is the projection of V1's tip. */
  | { readonly kind: 'same'; readonly origin: ObjectId }
  /** V1 has commits that were not projected yet. */
  | { readonly kind: 'behind'; readonly origin: ObjectId }
  /** `main` was projected from a newer V1; `image` is the image of the V1 tip that is here, where it was looked for. */
  | { readonly kind: 'ahead'; readonly origin: ObjectId; readonly image: ObjectId | undefined }
  /** V1's history does not contain the commit that `main` was projected from. */
  | { readonly kind: 'rewritten'; readonly origin: ObjectId }
  /** Something else wrote `main`. `addedUpTo` is the V1 commit up to which a migration added what was missing. */
  | { readonly kind: 'foreign'; readonly addedUpTo: string | undefined };

/** Finds out how `main` relates to V1. Throws `ShallowHistoryError` where too little history is here to tell. */
export async function mainRelationOf(repo: Repository, v1: Ref, main: Ref): Promise<Relation> {
  const content = await readCommit(
    repo,
    main,
    'Fetch the V2 refs again, or project V1 afresh: `ckpt migrate --rebuild`',
  );
  const commit = parseCommit(content);
  const origin = originOfImage(commit);
  if (origin === undefined) return { kind: 'foreign', addedUpTo: lastTrailer(commit.message, SOURCE_TIP_TRAILER) };
  if (origin === v1.id) return { kind: 'same', origin };
  if (await repo.isAncestor(origin, v1.id)) return { kind: 'behind', origin };
  if (await repo.isAncestor(v1.id, origin)) return { kind: 'ahead', origin, image: undefined };
  if (await repo.isShallow()) throw new ShallowHistoryError();
  // V1 may simply not have been fetched for a while: then the commit that main was projected from is not here at all.
  const image = await findImage(repo, v1.id, main.id);
  return image === undefined ? { kind: 'rewritten', origin } : { kind: 'ahead', origin, image };
}

/** The commit in `main`'s history that is the image of a V1 commit. */
async function findImage(repo: Repository, v1: ObjectId, main: ObjectId): Promise<ObjectId | undefined> {
  const history = (await repo.walk({ tips: [main] })).map(({ id }) => id).reverse();
  for (const batch of batches(history)) {
    const objects = await repo.readObjects(batch);
    const image = objects.find((object) => object !== undefined && originOfImage(parseCommit(object.content)) === v1);
    if (image !== undefined) return image.id;
  }
  return undefined;
}

/** The content of the commit that a ref is at. Throws a `CkptError` where it is at something else, or the commit is absent or malformed. */
export async function readCommit(repo: Repository, ref: Ref, hint: string): Promise<Buffer> {
  const [object] = await repo.readObjects([ref.id]);
  if (object !== undefined && tryCommit(object) !== undefined) return object.content;
  const found =
    object === undefined
      ? 'is absent from this repository'
      : `is a ${object.type === 'commit' ? 'malformed commit' : `${object.type}, not a commit`}`;
  throw new CkptError('BAD_REF', `${ref.name} points at ${ref.id}, which ${found}`, { hint, exitCode: 3 });
}

/** Makes sure that the V1 branch is at a commit. */
export async function assertBranchCommit(repo: Repository, v1: Ref): Promise<void> {
  await readCommit(repo, v1, `Fetch the branch again, or point it at a commit: git update-ref ${v1.name} <commit>`);
}
