import type { ObjectId } from '../../git/object-id.ts';
import { type ReachedObjects, reachedObjects } from '../../git/reached-objects.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { DocumentFacts } from './deep-document.ts';
import { type BothContents, placesOf } from './layout-contents.ts';
import type { PlacedObject } from './layout-files.ts';

/** The objects that are absent or damaged, whoever has met them. */
export function unusableObjects(
  { v1, v2 }: BothContents,
  facts: readonly DocumentFacts[],
  reached: ReachedObjects | undefined,
): { readonly absent: Set<ObjectId>; readonly damaged: Map<ObjectId, string> } {
  const absent = new Set(reached?.absent);
  const damaged = new Map<ObjectId, string>();
  for (const { id, reason } of [...v1.unread, ...v2.unread]) {
    if (reason === undefined) absent.add(id);
    else damaged.set(id, reason);
  }
  for (const found of facts) {
    for (const id of found.absent) absent.add(id);
    for (const { id, reason } of found.damaged) damaged.set(id, reason);
  }
  return { absent, damaged };
}

/**
 * Where each layout needs some objects: at the paths of its tips, or else (without a path) in its history. V1's history is walked
 * only where V2's needs an unusable object that no tip shows.
 */
export async function neededObjects(
  repo: Repository,
  { v1, v2 }: BothContents,
  branchAt: Ref | undefined,
  unusable: ReadonlySet<ObjectId>,
): Promise<{ v1: PlacedObject[]; v2: PlacedObject[] }> {
  if (unusable.size === 0) return { v1: [], v2: [] };
  const isUnusable = ({ id }: Pick<PlacedObject, 'id'>) => unusable.has(id);
  const onBranch = await placesOf(repo, v1, isUnusable);
  const inSplit = await placesOf(repo, v2, isUnusable);
  const placed = new Set([...onBranch, ...inSplit].map(({ id }) => id));
  const inHistory = [...unusable].filter((id) => !placed.has(id)).sort();
  if (inHistory.length === 0) return { v1: onBranch, v2: inSplit };
  const { here, absent } = await reachedObjects(repo, branchAt === undefined ? [] : [branchAt.id]);
  const alsoOnBranch = inHistory.filter((id) => here.has(id) || absent.has(id));
  return {
    v1: [...onBranch, ...alsoOnBranch.map((id) => ({ ref: branchAt?.name ?? v1.ref, path: '', id }))],
    v2: [...inSplit, ...inHistory.map((id) => ({ ref: v2.ref, path: '', id }))],
  };
}
