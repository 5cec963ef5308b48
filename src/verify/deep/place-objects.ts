import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import type { Finding } from '../finding.ts';
import { judgeObjects, type ObjectEvidence } from './judge-objects.ts';
import { layoutContents } from './layout-contents.ts';
import { neededObjects } from './needed-objects.ts';

/** Findings for objects that V2 needs and can't have, each at its paths. What V1 lacks as well, V2 has not lost: that is left out. */
export async function placeObjects(
  repo: Repository,
  refs: LayoutRefs,
  v1: Ref | undefined,
  evidence: Pick<ObjectEvidence, 'absent' | 'damaged'>,
  checkpoints: readonly CheckpointId[] | undefined,
): Promise<Finding[]> {
  const contents = await layoutContents(repo, refs, v1, checkpoints && new Set(checkpoints));
  const unusable = new Set([...evidence.absent, ...evidence.damaged.keys()]);
  const needed = await neededObjects(repo, contents, v1, unusable);
  const findings = judgeObjects(needed.v1, needed.v2, { ...evidence, promisor: undefined });
  return findings.filter(({ code }) => code !== 'V1_OBJECT_GONE');
}
