import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { isObjectId, type ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { ifReadable } from '../layout/if-readable.ts';
import { type RefRoot, readRoots } from '../layout/ref-roots.ts';
import { mainRelationOf, type Relation } from '../project/relation.ts';
import { planMigration } from '../project/split/plan.ts';
import type { Coverage } from './status-report.ts';

/** How far V2 has got with V1: by `main`'s trailer where it has one, else by the IDs of the checkpoints. */
export async function readCoverage(repo: Repository, v1: RefRoot, main: RefRoot | undefined): Promise<Coverage> {
  if (main === undefined) {
    const commits = await countCommits(repo, v1.ref.id, []);
    return { relation: 'none', counts: { commits, checkpoints: v1.checkpoints.size } };
  }
  const relation = await ifReadable(() => mainRelationOf(repo, v1.ref, main.ref));
  if (relation?.kind === 'same') return { relation: 'same', counts: { commits: 0, checkpoints: 0 } };
  const projected = await projectedUpTo(repo, v1, relation);
  if (projected === undefined) {
    const missing = [...v1.checkpoints.keys()].filter((id) => !main.checkpoints.has(id));
    const commits = relation?.kind === 'ahead' ? 0 : null;
    return { relation: relation?.kind ?? 'unknown', counts: { commits, checkpoints: missing.length } };
  }
  const [base] = await readRoots(repo, [{ name: v1.ref.name, id: projected }]);
  return {
    relation: relation?.kind ?? 'unknown',
    counts: {
      commits: await countCommits(repo, v1.ref.id, [projected]),
      checkpoints: countNew(v1.checkpoints, base?.checkpoints ?? new Map()),
    },
  };
}

/**
 * True where another writer's V2 has all checkpoints of V1, by what earlier migrations say, and yet not all of their content. Costs
 * a comparison of both tips; no transcript is read but where it differs.
 */
export async function isDiffering(
  repo: Repository,
  { relation, counts }: Coverage,
  maxCheckpoints: number,
): Promise<boolean> {
  if (relation !== 'foreign' || !isNamed(counts)) return false;
  const options = { maxCheckpoints, fullCurrentMode: 'accumulate', rebuild: false, comparesAgain: true } as const;
  const { status } = await planMigration(repo, { ...options, onEvent: () => undefined });
  return status === 'differs' || status === 'planned';
}

/**
 * Whether every checkpoint of V1 is in another writer's V2 by its name: up to the commit that an earlier migration has noted, or, where
 * the other writer went on from before that note, as the tips are.
 */
export function isNamed({ commits, checkpoints }: Coverage['counts']): boolean {
  return commits === 0 || (commits === null && checkpoints === 0);
}

/** The V1 commit up to which `main` has everything, where that is in V1's history. */
async function projectedUpTo(
  repo: Repository,
  v1: RefRoot,
  relation: Relation | undefined,
): Promise<ObjectId | undefined> {
  if (relation?.kind === 'behind') return relation.origin;
  if (relation?.kind !== 'foreign' || relation.addedUpTo === undefined) return undefined;
  const { addedUpTo } = relation;
  return isObjectId(addedUpTo) && (await repo.isAncestor(addedUpTo, v1.ref.id)) ? addedUpTo : undefined;
}

/** The commits that a tip has and others do not; `null` where the clone is too shallow to count them. */
export function countCommits(repo: Repository, tip: ObjectId, exclude: readonly ObjectId[]): Promise<number | null> {
  const uncountable = inCaseOf(ShallowHistoryError, () => null);
  return repo.walk({ tips: [tip], exclude }).then(({ length }) => length, uncountable);
}

function countNew(tip: ReadonlyMap<CheckpointId, ObjectId>, base: ReadonlyMap<CheckpointId, ObjectId>): number {
  return [...tip].filter(([id, tree]) => base.get(id) !== tree).length;
}
