import {
  commitHeader,
  commitMessage,
  commitText,
  type ParsedCommit,
  parseCommit,
  parseCommitText,
  treeOf,
} from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository, WalkedCommit } from '../git/repository.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
import { commitImage, originOfImage } from '../project/commit-image.ts';
import { isRepairCommit } from '../project/repair-commit.ts';
import { type Finding, finding } from './finding.ts';

/** A commit of `main`'s history, and the V1 commit that it says it is the image of. */
interface Image {
  readonly id: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly origin: ObjectId | undefined;
  /** Its content as latin1 text; `undefined` where the commit is absent. */
  readonly text: string | undefined;
}

/** What the comparison of the histories says. */
export interface HistoryComparison {
  readonly commits: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares V1's history with that of `main`: each V1 commit has one image, with its author, committer, dates and message, and
 * the images of its parents as parents. An image is compared as a whole; only one that differs is taken apart.
 */
export async function compareHistory(
  repo: Repository,
  v1Tip: ObjectId,
  main: ObjectId,
  onProgress: (done: number, total: number) => void,
): Promise<HistoryComparison> {
  const [v1, v2] = await Promise.all([repo.walk({ tips: [v1Tip] }), repo.walk({ tips: [main] })]);
  const total = v1.length + v2.length;
  const known = new Set(v1.map(({ id }) => id));
  const findings: Finding[] = [];
  const images = new Map<ObjectId, Image>();
  const repaired = new Map<ObjectId, ObjectId>();
  for await (const { at, objects } of readAhead(repo, idsOf(v2))) {
    for (const [i, object] of objects.entries()) {
      const { id, parents } = v2[at + i] as WalkedCommit;
      const text = object?.content.toString('latin1');
      const origin = text === undefined ? undefined : originOfImage({ message: commitMessage(text) });
      const found = classify({ id, parents, origin, text }, known, images, repaired);
      if (found !== undefined) findings.push(found);
    }
    onProgress(at + objects.length, total);
  }
  const chosen = new Set([...images.values()].map(({ id }) => id));
  for await (const { at, objects } of readAhead(repo, idsOf(v1))) {
    for (const [i, object] of objects.entries()) {
      if (object === undefined) continue;
      findings.push(
        ...compareCommit(v1[at + i] as WalkedCommit, parseCommit(object.content), { images, chosen, repaired }),
      );
    }
    onProgress(v2.length + at + objects.length, total);
  }
  return { commits: v1.length, findings };
}

function idsOf(commits: readonly WalkedCommit[]): ObjectId[] {
  return commits.map(({ id }) => id);
}

function classify(
  image: Image,
  known: ReadonlySet<ObjectId>,
  images: Map<ObjectId, Image>,
  repaired: Map<ObjectId, ObjectId>,
): Finding | undefined {
  const { id, origin } = image;
  const where = { ref: V2_MAIN_REF, commit: id };
  if (origin === undefined || !known.has(origin)) {
    return finding('COMMIT_UNKNOWN', `the commit ${id} on main is the image of no V1 commit`, where);
  }
  const other = images.get(origin);
  if (other === undefined) {
    images.set(origin, image);
    return undefined;
  }
  if (isRepair(image) && imageBelow(image.parents[0], repaired) === other.id) {
    repaired.set(id, other.id);
    return undefined;
  }
  const message = `the V1 commit ${origin} has two images on main: ${other.id} and ${id}`;
  return finding('COMMIT_DUPLICATED', message, { ref: V2_MAIN_REF, commit: origin });
}

/** True for what a repair has put on top of an image. */
function isRepair({ text }: Image): boolean {
  return text !== undefined && isRepairCommit(parseCommitText(text));
}

/** The image that a commit is, or was put on top of by a repair. */
function imageBelow(id: ObjectId | undefined, repaired: ReadonlyMap<ObjectId, ObjectId>): ObjectId | undefined {
  return id === undefined ? undefined : (repaired.get(id) ?? id);
}

/** The history of `main`, looked through. */
interface Images {
  /** By the V1 commits that they are images of. */
  readonly images: ReadonlyMap<ObjectId, Image>;
  /** The commits of `images`; every other one on `main` has a finding of its own. */
  readonly chosen: ReadonlySet<ObjectId>;
  /** The image that a repair was put on top of, by the repair's commit: it may stand for the image as a parent. */
  readonly repaired: ReadonlyMap<ObjectId, ObjectId>;
}

function compareCommit({ id, parents }: WalkedCommit, original: ParsedCommit, history: Images): Finding[] {
  const { images, chosen, repaired } = history;
  const where = { ref: V2_MAIN_REF, commit: id };
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
