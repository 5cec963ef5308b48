import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import { BadObjectError } from '../git/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { checkpointFolders, wantedPrefixes } from './checkpoint-walk.ts';
import type { FolderPlace } from './folder-files.ts';
import type { View } from './layout.ts';
import { generationsOf, layoutRefsAmong } from './layout-refs.ts';

/** The folder of a checkpoint in a generation. */
export interface HeldPlace extends FolderPlace {
  readonly generation: Ref;
}

/** The generations that have a checkpoint, in the order in which a reader looks, and its folders there. */
export type HeldAlone = ReadonlyMap<CheckpointId, readonly HeldPlace[]>;

/**
 * The checkpoints of V2 that have files in generations and no folder on `main`, in the order of their IDs: V1 had nothing of them but
 * transcripts or tasks. V2's own view begins at `main` and has none of them. With `prefixes`, those whose IDs begin with one of these. Throws
 * `BadObjectError`.
 */
export async function heldAlone(repo: Repository, view: View, prefixes?: readonly string[]): Promise<HeldAlone> {
  if (view.layout !== 'v2') return new Map();
  const onMain = new Set(await view.ids(prefixes));
  const generations = generationsOf(layoutRefsAmong(view.refs));
  const roots = await rootsOfCommits(
    repo,
    generations.map(({ id }) => id),
  );
  const wanted = prefixes && wantedPrefixes(prefixes);
  const found = new Map<CheckpointId, HeldPlace[]>();
  for (const [i, folders] of (await checkpointFolders(repo, roots, wanted)).entries()) {
    const generation = generations[i] as Ref;
    for (const [id, tree] of folders) {
      if (!onMain.has(id)) appendTo(found, id, { ref: generation.name, tree, generation });
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** As `heldAlone`; nothing where a generation can't be read, which has findings of its own. */
export async function readableAlone(repo: Repository, view: View, prefixes?: readonly string[]): Promise<HeldAlone> {
  try {
    return await heldAlone(repo, view, prefixes);
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    return new Map();
  }
}
