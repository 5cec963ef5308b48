import type { ObjectId } from '../git/object-id.ts';
import { LARGEST_COMPARED, ObjectOverlay } from '../git/object-overlay.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { allFolders } from '../layout/checkpoint-walk.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { openSplit } from '../layout/v2-layout.ts';
import { mainRelationOf, type Relation } from '../project/relation.ts';
import { compareLayouts } from './compare-layouts.ts';
import { type Compared, type Comparison, NOTHING_COMPARED } from './comparison.ts';
import { type Finding, finding } from './finding.ts';
import { checkTrailers } from './scope/check-trailers.ts';
import type { CheckpointScope } from './scope/scope.ts';

/** Compares V1 with V2: what follows from V1 with what is there, or, where another program wrote V2, what both hold. */
export async function compareBranchWithSplit(
  parts: Pick<Comparison, 'repo' | 'refs' | 'maxCheckpoints' | 'onEvent'>,
  v1: Ref,
  scope: CheckpointScope | undefined,
): Promise<Compared> {
  const { repo, refs } = parts;
  if (refs.main === undefined) {
    const { size } = scope === undefined ? await allFolders(repo, v1.id) : { size: scope.ids.length };
    const count = size === 1 ? 'one checkpoint' : `${size} checkpoints`;
    const message = `there is no ${MAIN_REF} for ${count} of ${v1.name}`;
    return { ...NOTHING_COMPARED, findings: [finding('V2_MISSING', message, { ref: MAIN_REF })] };
  }
  const relation = await mainRelationOf(repo, v1, { name: MAIN_REF, id: refs.main });
  const about = await explainRelation(repo, v1, relation);
  const basis = basisOf(relation, v1.id, refs.main);
  if (basis === undefined) return { ...NOTHING_COMPARED, findings: about };
  const policy = relation.kind === 'foreign' ? 'foreign' : 'own';
  // Of our own V2 large files are known by their ids alone; in another writer's their fields may be the same in other bytes.
  const objects = new ObjectOverlay(repo, policy === 'own' ? { largestBlob: LARGEST_COMPARED } : {});
  const compared = await compareLayouts({ ...parts, ...basis, branchTip: v1.id, policy, objects, ids: scope?.ids });
  const v2 = openSplit(repo, refs);
  if (v2 === undefined) throw new Error('a V2 could not be opened');
  const findings = await checkTrailers(repo, { v1: v1.id, v2 }, scope?.named ?? [], compared.findings);
  return { ...compared, findings: [...about, ...findings] };
}

/** Which V1 commit to compare with which commit on `main`, so that a V2 that is behind has the finding that it is, alone. */
function basisOf(relation: Relation, tip: ObjectId, main: ObjectId): Pick<Comparison, 'v1' | 'main'> | undefined {
  switch (relation.kind) {
    case 'same':
    case 'behind':
      return { v1: relation.origin, main };
    case 'foreign':
      return { v1: tip, main };
    case 'ahead':
      return relation.image === undefined ? { v1: relation.origin, main } : { v1: tip, main: relation.image };
    case 'rewritten':
      return undefined;
  }
}

async function explainRelation(repo: Repository, v1: Ref, relation: Relation): Promise<Finding[]> {
  const where = { ref: MAIN_REF };
  switch (relation.kind) {
    case 'same':
      return [];
    case 'behind': {
      const commits = await repo.walk({ tips: [v1.id], exclude: [relation.origin] });
      const count = commits.length === 1 ? 'one commit' : `${commits.length} commits`;
      return [finding('V2_BEHIND', `${v1.name} has ${count} that V2 was not projected from yet`, where)];
    }
    case 'ahead':
      return [finding('V2_AHEAD', `V2 was projected from a newer V1 (${relation.origin}) than ${v1.name}`, where)];
    case 'rewritten': {
      const message = `${v1.name} does not contain the commit ${relation.origin} that V2 was projected from`;
      return [finding('V1_REWRITTEN', message, where)];
    }
    case 'foreign':
      return [finding('V2_FOREIGN', `${MAIN_REF} was written by something else`, where)];
  }
}
