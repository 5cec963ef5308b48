import type { Ref, Repository } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { type LayoutRefs, readLayoutRefs } from '../layout/layout-refs.ts';
import type { Layout } from '../layout/ref-names.ts';
import { V2_MAIN_REF } from '../layout/ref-names.ts';
import { readSettings } from '../stores/settings.ts';
import { NoCheckpointsError } from './errors.ts';

/** One layout of a repository, where it was when it was looked at: the V1 branch, or V2's `main` with the generations. */
export interface OpenLayout {
  readonly layout: Layout;
  /** The V1 branch or V2's `main`. */
  readonly ref: Ref;
  readonly folders: CheckpointFolders;
  readonly refs: LayoutRefs;
}

/**
 * The layouts that a repository has, the one that is read first in front: V1, which is written first, unless the settings
 * say that V2 is written alone. With `only`, that one. Throws `NoCheckpointsError` where none is left.
 */
export async function openLayouts(repo: Repository, only?: Layout): Promise<OpenLayout[]> {
  const refs = await readLayoutRefs(repo);
  const main = refs.main && { name: V2_MAIN_REF, id: refs.main };
  const open = async (layout: Layout, ref: Ref | undefined): Promise<OpenLayout[]> => {
    if (ref === undefined || (only !== undefined && only !== layout)) return [];
    return [{ layout, ref, folders: await CheckpointFolders.ofCommit(repo, ref.id), refs }];
  };
  const layouts = [...(await open('v1', refs.v1)), ...(await open('v2', main))];
  if (layouts.length === 0) throw new NoCheckpointsError(only);
  return layouts.length > 1 && (await isV2Alone(repo)) ? layouts.reverse() : layouts;
}

/** Settings that can't be read must not hinder a look at what is there. */
async function isV2Alone(repo: Repository): Promise<boolean> {
  return readSettings(repo.workTree).then(
    ({ mode }) => mode === 'v2',
    () => false,
  );
}
