import type { Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import type { Finding } from '../finding.ts';
import { asInRef } from './as-in-ref.ts';
import { judgeObjects, type ObjectEvidence } from './judge-objects.ts';
import { contentsOf, type ObjectsLook } from './layout-contents.ts';
import { neededObjects, unusableObjects } from './needed-objects.ts';

/** Findings for objects that a layout needs and can't have, each at its paths. What V1 lacks as well, it has not lost: that is left out. */
export async function placeObjects(
  repo: Repository,
  refs: LayoutRefs,
  look: ObjectsLook,
  evidence: Pick<ObjectEvidence, 'absent' | 'damaged'>,
): Promise<Finding[]> {
  const contents = await contentsOf(repo, refs, look);
  // A tree with another content leads to objects that nobody has: it is the damage, and not these.
  const { damaged } = unusableObjects(contents, [], undefined);
  for (const [id, reason] of evidence.damaged) damaged.set(id, reason);
  const { absent } = evidence;
  const needed = await neededObjects(repo, contents, look.v1, new Set([...absent, ...damaged.keys()]));
  const findings = judgeObjects(needed.v1, needed.v2, { absent, damaged, promisor: undefined });
  return findings.filter(({ code }) => code !== 'V1_OBJECT_GONE').map(asInRef);
}
