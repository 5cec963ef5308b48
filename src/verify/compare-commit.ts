import { commitHeader, commitText, type ParsedCommit, parseCommitText, treeOf } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { WalkedCommit } from '../git/repository.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { commitImage } from '../project/commit-image.ts';
import { type Finding, finding } from './finding.ts';

/** A commit of `main`'s history, and the V1 commit that it says it is the image of. */
export interface Image {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly origin: ObjectId | undefined;
  /** Its content as latin1 text; `undefined` where the commit is absent, and where it was compared. */
  readonly text: string | undefined;
}

/** The history of `main`, looked through. */
export interface Images {
  /** By the V1 commits that they are images of. */
  readonly images: ReadonlyMap<ObjectId, Image>;
  /** The commits of `images`; every other one on `main` has a finding of its own. */
  readonly chosen: ReadonlySet<ObjectId>;
  /** The image that a repair was put on top of, by the repair's commit: it may stand for the image as a parent. */
  readonly repaired: ReadonlyMap<ObjectId, ObjectId>;
}

/** What an image differs in from what its V1 commit gives it. */
export function compareCommit({ id, parents }: WalkedCommit, original: ParsedCommit, history: Images): Finding[] {
  const { images, chosen, repaired } = history;
  const where = { ref: MAIN_REF, commit: id };
  const image = images.get(id);
  if (image?.text === undefined) {
    return [finding('COMMIT_MISSING', `the V1 commit ${id} has no image on main`, where)];
  }
  const expectedParents = parents.map((parent) => images.get(parent)?.id);
  // A parent without an image is a finding of its own, and so is a parent that is not an image; what its children have follows.
  const parentImages = image.parents.map((parent) => repaired.get(parent) ?? parent);
  const isComparable =
    expectedParents.every((parent) => parent !== undefined) && parentImages.every((parent) => chosen.has(parent));
  const isSame = parentImages.join() === expectedParents.join();
  const imageParents = isComparable && !isSame ? (expectedParents as ObjectId[]) : image.parents;
  const expected = commitImage(id, original, treeOf(image.text), imageParents);
  if (commitText(expected) === image.text) return [];
  const actual = parseCommitText(image.text);
  const findings: Finding[] = [];
  if (actual.parents.join() !== expected.parents.join()) {
    findings.push(finding('COMMIT_PARENTS_CHANGED', `the image of ${id} has other parents than its V1 commit`, where));
  }
  if (commitHeader(actual, 'author') !== commitHeader(expected, 'author')) {
    findings.push(finding('COMMIT_AUTHOR_CHANGED', `the image of ${id} has another author or author date`, where));
  }
  if (commitHeader(actual, 'committer') !== commitHeader(expected, 'committer')) {
    findings.push(
      finding('COMMIT_COMMITTER_CHANGED', `the image of ${id} has another committer or commit date`, where),
    );
  }
  if (actual.message !== expected.message) {
    findings.push(finding('COMMIT_MESSAGE_CHANGED', `the image of ${id} has another message`, where));
  }
  if (findings.length > 0) return findings;
  return [finding('COMMIT_HEADERS_CHANGED', `the image of ${id} has other headers than its V1 commit gives it`, where)];
}
