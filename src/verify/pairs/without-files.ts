import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../../git/errors.ts';
import { holdsFile } from '../../git/holds-file.ts';
import { readTree, readUsableTrees } from '../../git/read-trees.ts';
import type { Repository } from '../../git/repository.ts';
import { isTreeMode } from '../../git/tree.ts';
import type { FoldersById } from './open-pair.ts';

/** The checkpoints that one layout alone has and that have no file there: nothing that another layout could have. */
export async function withoutFiles(
  repo: Repository,
  here: FoldersById,
  there: FoldersById,
): Promise<Set<CheckpointId>> {
  const alone = [...here].filter(([id]) => !there.has(id));
  const ids = alone.map(([, tree]) => tree);
  const trees = await readUsableTrees(repo, ids);
  const found = new Set<CheckpointId>();
  for (const [i, [id, tree]] of alone.entries()) {
    if (trees[i]?.every(({ mode }) => isTreeMode(mode)) !== true) continue;
    try {
      if (!(await holdsFile(tree, (folder) => readTree(repo, folder)))) found.add(id);
    } catch (error) {
      // What can't be read may hold one.
      if (!(error instanceof BadObjectError)) throw error;
    }
  }
  return found;
}
