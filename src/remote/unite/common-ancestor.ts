import type { ObjectId } from '../../git/object-id.ts';
import type { Repository, WalkedCommit } from '../../git/repository.ts';

/** How two histories part. */
export interface Parting {
  /** The newest commits that both have; none where they have nothing in common. */
  readonly bases: readonly ObjectId[];
  /** The commits that one has alone, parents before children; `first` for the first. */
  readonly first: readonly WalkedCommit[];
  readonly second: readonly WalkedCommit[];
}

/** Where two histories part. Throws `ShallowHistoryError` where too little of them is here. */
export async function partingOf(repo: Repository, one: ObjectId, other: ObjectId): Promise<Parting> {
  const first = await repo.walk({ tips: [one], exclude: [other] });
  const second = await repo.walk({ tips: [other], exclude: [one] });
  const own = new Set([...first, ...second].map(({ id }) => id));
  const common = new Set([...first, ...second].flatMap(({ parents }) => parents).filter((id) => !own.has(id)));
  const bases: ObjectId[] = [];
  for (const id of [...common].sort()) {
    const newer = await Promise.all([...common].map(async (by) => by !== id && (await repo.isAncestor(id, by))));
    if (!newer.includes(true)) bases.push(id);
  }
  return { bases, first, second };
}
