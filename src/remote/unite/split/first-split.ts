import { GenerationState } from '../../../generations/generation-state.ts';
import type { Ref, Repository } from '../../../git/repository.ts';
import { allFolders } from '../../../layout/checkpoint-walk.ts';
import { ifReadable } from '../../../layout/if-readable.ts';
import type { LayoutRefs } from '../../../layout/layout-refs.ts';
import { BRANCH_REF, MAIN_REF } from '../../../layout/ref-names.ts';
import { readOrigin } from '../../../project/commit-image.ts';
import { isLacking, readGaps } from '../../../project/split/find-gaps.ts';
import { withoutGone } from './split-side.ts';
import { idOf } from './union-plan.ts';

/**
 * The remote's V2 where a clone without one can start with it: a whole projection of the V1 that is here, or of an earlier one. That saves
 * the migration, and V1's tip alone does not say how others came to their archives: of one from which V1 has deleted a checkpoint they keep
 * the rest, and V1 projected afresh would put the next checkpoint into its place. `undefined` where V2 is here already, or V1 is to be
 * projected: theirs is of another V1, lacks something, or can't be read.
 */
export async function firstSplit(
  repo: Repository,
  ours: readonly Ref[],
  theirs: readonly Ref[],
): Promise<LayoutRefs | undefined> {
  const [v1, main] = [idOf(ours, BRANCH_REF), idOf(theirs, MAIN_REF)];
  if (v1 === undefined || main === undefined || ours.some(({ name }) => name !== BRANCH_REF)) return undefined;
  const origin = await readOrigin(repo, main);
  if (origin === undefined || (origin !== v1 && !(await repo.isAncestor(origin, v1)))) return undefined;
  return ifReadable(async () => {
    const refs = await withoutGone(repo, theirs);
    if (refs.current === undefined) return undefined;
    const gaps = await readGaps(repo, new GenerationState(repo, refs), await allFolders(repo, origin));
    return isLacking(gaps) ? undefined : refs;
  });
}
