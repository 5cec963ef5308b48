import { idsOf, type ObjectId } from '../git/object-id.ts';
import { PathBudget } from '../git/path-budget.ts';
import { readUsableTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isSubmoduleMode, isTreeMode } from '../git/tree.ts';

/** What lies below some folders. */
export interface FolderSize {
  /** All files together, uncompressed. */
  readonly bytes: number;
  /** Files whose content is not in the repository; they are not in `bytes`. */
  readonly absentFiles: number;
}

/**
 * How large the files below several sets of folders are, by the sizes that git knows: no content is read. A file that is in
 * several places counts in each; `undefined` for a set with a folder that can't be read, or beyond what `PathBudget` allows. One round trip a level of folders, for all
 * sets together.
 */
export async function sizesBelow(
  repo: Repository,
  sets: ReadonlyArray<Iterable<ObjectId>>,
): Promise<Array<FolderSize | undefined>> {
  const files: Array<{ set: number; id: ObjectId }> = [];
  const unreadable = new Set<number>();
  const budgets = sets.map(() => new PathBudget());
  let folders = sets.flatMap((ids, set) => [...ids].map((id) => ({ set, id, path: '' })));
  while (folders.length > 0) {
    const trees = await readUsableTrees(repo, idsOf(folders));
    const below: typeof folders = [];
    folders.forEach(({ set, id: tree, path }, i) => {
      const entries = trees[i];
      if (unreadable.has(set) || entries === undefined || budgets[set]?.take(tree, path, entries.length) !== true) {
        unreadable.add(set);
        return;
      }
      for (const { mode, name, id } of entries) {
        if (isTreeMode(mode)) below.push({ set, id, path: `${path}/${name}` });
        else if (!isSubmoduleMode(mode)) files.push({ set, id });
      }
    });
    folders = below;
  }
  const infos = await repo.objectInfo(idsOf(files));
  const sizes = sets.map(() => ({ bytes: 0, absentFiles: 0 }));
  files.forEach(({ set }, i) => {
    const size = sizes[set];
    const info = infos[i];
    if (size === undefined) return;
    if (info === undefined) size.absentFiles += 1;
    else size.bytes += info.size;
  });
  return sizes.map((size, set) => (unreadable.has(set) ? undefined : size));
}
