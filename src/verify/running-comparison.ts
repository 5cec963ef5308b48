import { commitMessage, parseCommit, parseCommitText } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { WalkedCommit } from '../git/repository.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { originOfImage } from '../project/commit-image.ts';
import { isRepairCommit } from '../project/repair-commit.ts';
import { compareCommit, type Image, type Images } from './compare-commit.ts';
import { type Finding, finding } from './finding.ts';

/**
 * Takes the commits of both histories, each of them with parents before children, and compares an image with its commit when both are there. A
 * commit whose parents have no images yet waits for all the rest.
 */
export class RunningComparison implements Images {
  readonly images = new Map<ObjectId, Image>();
  readonly chosen = new Set<ObjectId>();
  readonly repaired = new Map<ObjectId, ObjectId>();
  readonly #v1: ReadonlyMap<ObjectId, WalkedCommit>;
  readonly #aboutImages: Finding[] = [];
  /** By V1 commit. */
  readonly #found = new Map<ObjectId, readonly Finding[]>();
  /** Contents of V1 commits that are not compared yet. */
  readonly #waiting = new Map<ObjectId, Buffer>();

  constructor(v1: readonly WalkedCommit[]) {
    this.#v1 = new Map(v1.map((commit) => [commit.id, commit]));
  }

  takeImage({ id, parents }: WalkedCommit, text: string | undefined): void {
    const told = text === undefined ? undefined : originOfImage({ message: commitMessage(text) });
    // Not the one that was told, which is a part of the text, and would keep it.
    const original = told === undefined ? undefined : this.#v1.get(told);
    const found = this.#classify({ id, parents, origin: original?.id, text });
    if (found !== undefined) this.#aboutImages.push(found);
    else if (original !== undefined) this.#compareIfReady(original);
  }

  takeOriginal(commit: WalkedCommit, content: Buffer): void {
    this.#waiting.set(commit.id, content);
    this.#compareIfReady(commit);
  }

  /** All findings: about images in their order, then about V1 commits in theirs. */
  findings(): readonly Finding[] {
    return [
      ...this.#aboutImages,
      ...[...this.#v1.values()].flatMap((commit) => {
        const content = this.#waiting.get(commit.id);
        return this.#found.get(commit.id) ?? (content === undefined ? [] : this.#compare(commit, content));
      }),
    ];
  }

  /** What comes later changes nothing then: the images that a commit's parents, or those of its image, may be have all come. */
  #compareIfReady(commit: WalkedCommit): void {
    const image = this.images.get(commit.id);
    const content = this.#waiting.get(commit.id);
    if (image === undefined || content === undefined || commit.parents.some((id) => !this.images.has(id))) return;
    const found = this.#compare(commit, content);
    this.#waiting.delete(commit.id);
    this.images.set(commit.id, { ...image, text: undefined });
    if (found.length > 0) this.#found.set(commit.id, found);
  }

  #compare(commit: WalkedCommit, content: Buffer): Finding[] {
    return compareCommit(commit, parseCommit(content), this);
  }

  #classify(image: Image): Finding | undefined {
    const { id, origin } = image;
    const where = { ref: MAIN_REF, commit: id };
    if (origin === undefined) {
      return finding('COMMIT_UNKNOWN', `the commit ${id} on main is the image of no V1 commit`, where);
    }
    const other = this.images.get(origin);
    if (other === undefined) {
      this.images.set(origin, image);
      this.chosen.add(id);
      return undefined;
    }
    if (isRepair(image) && imageBelow(image.parents[0], this.repaired) === other.id) {
      this.repaired.set(id, other.id);
      return undefined;
    }
    const message = `the V1 commit ${origin} has two images on main: ${other.id} and ${id}`;
    return finding('COMMIT_DUPLICATED', message, { ref: MAIN_REF, commit: origin });
  }
}

/** True for what a repair has put on top of an image. */
function isRepair({ text }: Image): boolean {
  return text !== undefined && isRepairCommit(parseCommitText(text));
}

/** The image that a commit is, or was put on top of by a repair. */
function imageBelow(id: ObjectId | undefined, repaired: ReadonlyMap<ObjectId, ObjectId>): ObjectId | undefined {
  return id === undefined ? undefined : (repaired.get(id) ?? id);
}
