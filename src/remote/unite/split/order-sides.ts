import { compareHistories } from '../../../generations/manifest-entry.ts';
import type { Repository } from '../../../git/repository.ts';
import { inOrder, quickUnion } from '../merge-histories.ts';
import type { SplitSide } from './split-side.ts';

/** Two V2s in an order that follows from them alone, whichever is whose. */
export interface OrderedSides {
  readonly first: SplitSide;
  readonly second: SplitSide;
  /** How their `main`s relate: the same, the first one's contained in the second's, or each with something of its own. */
  readonly kind: 'same' | 'ahead' | 'diverged';
}

/** The one whose `main` is contained in the other's comes first, else the one that was written first. */
export async function orderSides(repo: Repository, one: SplitSide, other: SplitSide): Promise<OrderedSides> {
  const quick = await quickUnion(repo, one.main, other.main);
  if (quick?.kind === 'same') {
    const [first, second] = refsText(one) < refsText(other) ? [one, other] : [other, one];
    return { first, second, kind: 'same' };
  }
  if (quick !== undefined) {
    const [first, second] = quick.kind === 'theirs' ? [one, other] : [other, one];
    return { first, second, kind: 'ahead' };
  }
  const [earlier] = await inOrder(repo, one.main, other.main);
  const [first, second] = earlier === one.main ? [one, other] : [other, one];
  return { first, second, kind: 'diverged' };
}

function refsText({ refs }: SplitSide): string {
  return [...refs.v2].map(([name, id]) => `${name} ${id}`).join('\n');
}

/**
 * Whether a V2 has all that another one has whose `main` is contained in its own: archives and pruned ones, and what they and
 * `full/current` hold. Where both `main`s are the same, nothing says which version of a folder is newer: they must be the same too.
 */
export async function isContained(inner: SplitSide, outer: SplitSide, kind: OrderedSides['kind']): Promise<boolean> {
  if (kind === 'diverged') return false;
  const known = (await outer.state.manifest()).files;
  for (const number of inner.archives.keys()) if (!outer.archives.has(number) && !known.has(number)) return false;
  for (const [number, entry] of inner.entries) {
    const there = outer.entries.get(number);
    if (there === undefined || compareHistories(entry, there) > 0) return false;
  }
  const pruned = new Set([...outer.pruned.values()].flatMap((ids) => [...ids]));
  return [...inner.full].every(([id, folder]) => {
    const there = outer.full.get(id);
    if (there !== undefined) return kind === 'ahead' || there === folder;
    return pruned.has(id) || !outer.folders.has(id);
  });
}
