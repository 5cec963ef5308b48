import { type CheckpointId, timeOfId } from '../../checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';
import { foldersIn } from '../../layout/checkpoint-walk.ts';
import { withHeldAlone } from '../../layout/held-alone-view.ts';
import type { View } from '../../layout/layout.ts';
import { CHECKPOINTS_PREFIX, checkpointTips } from '../../layout/ref-names.ts';
import { type Finding, type FindingCode, finding } from '../finding.ts';
import type { NamedCheckpoint } from './scope.ts';

/** What a comparison says of a checkpoint that one of the layouts lacks. */
const LACKING: readonly FindingCode[] = ['CHECKPOINT_UNKNOWN', 'CHECKPOINT_MISSING', 'CHECKPOINT_ONLY_IN_V2'];

/**
 * Looks for each checkpoint that a commit names at the tips of both layouts, in V2 also in generations alone, and adds a finding for each that is not in both.
 * It takes the place of what the comparison (`findings`) says of that checkpoint as a whole. A checkpoint that is in git-refs alone
 * is none of V1's and V2's business; so is a ULID, which is made for git-refs, in a clone that has no git-refs.
 */
export async function checkTrailers(
  repo: Repository,
  sides: { readonly v1: ObjectId; readonly v2: View },
  named: readonly NamedCheckpoint[],
  findings: readonly Finding[],
): Promise<Finding[]> {
  if (named.length === 0) return [...findings];
  const ids = named.map(({ checkpoint }) => checkpoint);
  const onBranch = await foldersIn(repo, sides.v1, ids);
  // What generations alone have is whole where the comparison does not miss it on `main`.
  const missing = new Set(
    findings.flatMap(({ code, checkpoint }) => (code === 'CHECKPOINT_MISSING' ? checkpoint : [])),
  );
  const held = await withHeldAlone(repo, sides.v2).ids(ids);
  const inSplit = new Set(held.filter((id) => !missing.has(id)));
  const inRefs = checkpointTips(await repo.listRefs(CHECKPOINTS_PREFIX));
  const isOfRefs = (id: CheckpointId) => inRefs.has(id) || (inRefs.size === 0 && timeOfId(id) !== undefined);
  const lacking = named.filter(({ checkpoint }) => !onBranch.has(checkpoint) || !inSplit.has(checkpoint));
  const unresolved = lacking.flatMap(({ commit, checkpoint }) => {
    const isNowhere = !onBranch.has(checkpoint) && !inSplit.has(checkpoint);
    if (isNowhere && isOfRefs(checkpoint)) return [];
    const where = onBranch.has(checkpoint) ? 'V2 lacks' : inSplit.has(checkpoint) ? 'V1 lacks' : 'neither layout has';
    const message = `the commit ${commit} names the checkpoint ${checkpoint}, which ${where}`;
    return [finding('TRAILER_UNRESOLVED', message, { commit, checkpoint })];
  });
  const told = new Set<string>(lacking.map(({ checkpoint }) => checkpoint));
  const isTold = ({ code, checkpoint }: Finding) => LACKING.includes(code) && told.has(checkpoint ?? '');
  return [...unresolved, ...findings.filter((found) => !isTold(found))];
}
