import type { ProgressListener } from '../checkpoint/progress.ts';
import { BadObjectError } from '../git/errors.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { withOverrides } from '../git/with-overrides.ts';
import type { FreeLayout, LayoutPair } from '../layout/layout.ts';
import { layoutOf, listLayoutRefs } from '../layout/layouts.ts';
import { planBetween } from '../project/between/plan-between.ts';
import { notingWriter, unusableHere } from './unusable-here.ts';

/** A pair whose target is V1 or git-refs. */
export interface BetweenPair extends LayoutPair {
  readonly to: FreeLayout;
}

/**
 * Stores objects of V1 or git-refs again that are absent or damaged: what the source would become if the target were not here has the same
 * trees where both have the same checkpoints. Moves no ref. True where there was one to store. Costs one walk over the target's objects where all
 * are here.
 */
export async function restoreBetween(
  repo: Repository,
  { from, to }: BetweenPair,
  onEvent: ProgressListener,
): Promise<boolean> {
  const refs = layoutOf(to).refs(await listLayoutRefs(repo));
  const wanted = await unusableHere(repo, idsOf(refs));
  if (wanted.size === 0) return false;
  const met = new Set<ObjectId>();
  const noting = withOverrides(repo, {
    objectWriter: () => notingWriter(repo.objectWriter({ overDamaged: true }), wanted, met),
  });
  try {
    const { writer } = await planBetween({ repo: noting, dryRun: false, isFromNothing: true, onEvent }, from, to);
    if (met.size === 0) return false;
    await writer?.flush();
    return true;
  } catch (error) {
    // The source can't be read either: it gives nothing.
    if (error instanceof BadObjectError) return false;
    throw error;
  } finally {
    await repo.releaseObjects();
  }
}
