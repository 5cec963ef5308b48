import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { BRANCH_TO_REFS } from '../../layout/layouts.ts';
import { SECOND_BRANCH_REF } from '../../layout/ref-names.ts';
import { openBranch } from '../../layout/v1-layout.ts';
import { type BeforeRun, isAsSeen, type SeenRefs } from './seen-refs.ts';

/**
 * The checkpoints that V1 has written since the last run onto git-refs, where everything else is as that run has left it: the refs of all
 * others stay. `undefined` where that does not say it: V1 was rewritten, or merged, so that a checkpoint's history may be another though
 * no commit has written it; or there is a second V1.
 */
export async function writtenSince(
  repo: Repository,
  seen: SeenRefs | undefined,
  { refs, deleted }: BeforeRun,
  v1: Ref,
): Promise<ReadonlySet<CheckpointId> | undefined> {
  const old = seen?.refs[v1.name];
  if (seen === undefined || old === undefined || refs.some(({ name }) => name === SECOND_BRANCH_REF)) return undefined;
  const then = refs.map((ref) => (ref.name === v1.name ? { ...ref, id: old } : ref));
  if (!isAsSeen(seen, BRANCH_TO_REFS, { refs: then, deleted })) return undefined;
  const written = new Set<CheckpointId>();
  let last = old;
  for await (const { id, commit, changes } of openBranch(repo, v1).history(old)) {
    if (commit.parents.length !== 1 || commit.parents[0] !== last) return undefined;
    for (const checkpoint of changes.keys()) written.add(checkpoint);
    last = id;
  }
  return last === v1.id ? written : undefined;
}
