import { BadObjectError } from '../git/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { openSecondBranch } from '../layout/layouts.ts';
import { SECOND_BRANCH_REF } from '../layout/ref-names.ts';
import { openBranch } from '../layout/v1-layout.ts';

/**
 * A warning where `refs/entire/checkpoints/v1` has checkpoints that V1's branch lacks: V2 follows from one branch, whose commit its tip
 * names, so that they can't go there; git-refs take them. `undefined` where there are none.
 */
export async function leftOnSecondBranch(repo: Repository, v1: Ref | undefined): Promise<string | undefined> {
  const second = openSecondBranch(repo, await repo.listRefs(SECOND_BRANCH_REF));
  if (second === undefined || v1 === undefined) return undefined;
  try {
    const known = new Set(await openBranch(repo, v1).ids());
    const left = (await second.ids()).filter((id) => !known.has(id));
    if (left.length === 0) return undefined;
    const [what, it] = left.length === 1 ? [`the checkpoint ${left[0]}`, 'it'] : [`${left.length} checkpoints`, 'them'];
    return `${SECOND_BRANCH_REF} has ${what} that V1's branch lacks; V2 does not get ${it}: ckpt migrate --from v1 --to refs takes ${it}`;
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    return `${SECOND_BRANCH_REF} can't be read, and was left out: ${error.message}`;
  }
}
