import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { checkpointFolders } from './checkpoint-walk.ts';
import type { FolderPlace } from './folder-files.ts';
import type { View } from './layout.ts';
import { generationsOf, layoutRefsAmong } from './layout-refs.ts';

/** The generations that have a checkpoint, in the order in which a reader looks, and its folders there. */
export type HeldAlone = ReadonlyMap<CheckpointId, ReadonlyArray<FolderPlace & { readonly generation: Ref }>>;

/**
 * The checkpoints of V2 that have files in generations and no folder on `main`, in the order of their IDs: V1 had nothing of them but
 * transcripts or tasks. A reader begins at `main` and lists none of them. Throws `BadObjectError`.
 */
export async function heldAlone(repo: Repository, view: View): Promise<HeldAlone> {
  if (view.layout !== 'v2') return new Map();
  const onMain = new Set(await view.ids());
  const generations = generationsOf(layoutRefsAmong(view.refs));
  const roots = await rootsOfCommits(
    repo,
    generations.map(({ id }) => id),
  );
  const found = new Map<CheckpointId, Array<FolderPlace & { readonly generation: Ref }>>();
  for (const [i, folders] of (await checkpointFolders(repo, roots)).entries()) {
    const generation = generations[i] as Ref;
    for (const [id, tree] of folders) {
      if (!onMain.has(id)) found.set(id, [...(found.get(id) ?? []), { ref: generation.name, tree, generation }]);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
