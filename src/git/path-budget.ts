import { TooManyPathsError } from './errors.ts';
import type { ObjectId } from './object-id.ts';

/** So many paths are listed whatever they lead to. */
const FREE = 20_000;
/** How many paths an entry of a tree may have on average, beyond that. The layouts of one repository share most trees: some three. */
const EACH = 10;
/** The longest path that is followed. Linux opens none of more than 4,096 bytes, and git nothing deeper than 4,096 folders. */
export const LONGEST_PATH = 8192;

/**
 * Bounds a walk that lists paths. A tree that contains another one many times over, which does so itself, makes billions of paths of a few
 * objects. Every tree may be followed once, however large it is; those that are met again, as long as paths and entries are in proportion.
 */
export class PathBudget {
  readonly #seen = new Set<ObjectId>();
  #entries = 0;
  #paths = 0;

  /** Counts a tree with so many entries that was met at `path`. False where it must not be followed. */
  take(tree: ObjectId, path: string, entries: number): boolean {
    if (path.length > LONGEST_PATH) return false;
    if (!this.#seen.has(tree)) {
      this.#seen.add(tree);
      this.#entries += entries;
    } else if (this.#paths + entries > FREE && this.#paths + entries > EACH * this.#entries) return false;
    this.#paths += entries;
    return true;
  }

  /** As `take`; throws `TooManyPathsError` where the tree must not be followed. */
  assertTake(tree: ObjectId, path: string, entries: number): void {
    if (!this.take(tree, path, entries))
      throw new TooManyPathsError(tree, `the tree ${tree} is not listed: ${TOO_MANY_PATHS}`);
  }
}

/** Why a tree was not followed. */
export const TOO_MANY_PATHS = 'it has too many paths below it, or too long ones: trees contain others many times over';
