import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { greatest } from '../../../checkpoint/greatest.ts';
import type { Manifest } from '../../../generations/manifest.ts';
import { compareHistories } from '../../../generations/manifest-entry.ts';
import type { GenerationChange } from '../../../generations/manifest-update.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { OrderedSides } from './order-sides.ts';
import type { SplitSide } from './split-side.ts';

/** What went with generations that either has pruned, and the other one has not brought back since. */
export function prunedOf({ first, second }: OrderedSides): Map<number, ReadonlySet<CheckpointId>> {
  const pruned = new Map<number, ReadonlySet<CheckpointId>>();
  for (const [side, other] of [
    [first, second],
    [second, first],
  ] as const) {
    for (const [number, ids] of side.pruned) {
      if (compareHistories(side.entries.get(number), other.entries.get(number)) < 0 && !other.pruned.has(number))
        continue;
      pruned.set(number, new Set([...(pruned.get(number) ?? []), ...ids]));
    }
  }
  return pruned;
}

/**
 * The numbers of which one manifest knows later than the other one: whether that is the first one's. Where V1 gives archives, an archive that
 * it does not give (`touched`) counts before others, is not filled up with what V1 gives, and says so of those before it as well.
 */
export function settledOf(
  { first, second }: OrderedSides,
  touched: (side: SplitSide) => ReadonlySet<number> = () => new Set(),
): Map<number, boolean> {
  const settled = new Map<number, boolean>();
  const reach = new Map([first, second].map((side) => [side, greatest(touched(side), 0)]));
  const rankOf = (side: SplitSide, number: number) => {
    if (touched(side).has(number)) return 2;
    return (reach.get(side) ?? 0) > number ? 1 : 0;
  };
  for (const number of new Set([...first.entries.keys(), ...second.entries.keys()])) {
    const order = compareHistories(first.entries.get(number), second.entries.get(number));
    const isBoth = first.archives.has(number) && second.archives.has(number);
    const rank = isBoth ? rankOf(first, number) - rankOf(second, number) : 0;
    if (order !== 0 || rank !== 0) settled.set(number, (order || rank) > 0);
  }
  return settled;
}

/** How often the archives were brought back, as who knows of more says, and what went with those that were pruned in either. */
export function manifestNotes(
  { first, second }: OrderedSides,
  { files }: Manifest,
  pruned: ReadonlyMap<number, ReadonlySet<CheckpointId>>,
): GenerationChange[] {
  return [...files.keys()].map((number) => {
    const counts = [first, second].map((side) => side.entries.get(number)?.restoreCount ?? 0);
    return { kind: 'noted', number, restoreCount: Math.max(...counts), pruned: pruned.get(number) };
  });
}

/**
 * The manifest of two V2s: the entries of both. Of a number that both have an entry of, that of the one counts whose archive is in the
 * result (`origins`), or that has pruned it; else of the second, or where both have gone on, of the first.
 */
export async function uniteManifests(
  { first, second, kind }: OrderedSides,
  pruned: ReadonlyMap<number, unknown>,
  origins: ReadonlyMap<number, SplitSide>,
): Promise<Manifest> {
  const prunedBy = (number: number) =>
    pruned.has(number)
      ? laterFirst(withMoreFirst([second, first], number), number).find((side) => side.pruned.has(number))
      : undefined;
  const [preferred, other] = kind === 'diverged' ? [first, second] : [second, first];
  const [one, two] = [await preferred.state.manifest(), await other.state.manifest()];
  const files = new Map<number, ObjectId>();
  for (const number of new Set([...one.files.keys(), ...two.files.keys()])) {
    const own = await (origins.get(number) ?? prunedBy(number))?.state.manifest();
    const file = own?.files.get(number) ?? one.files.get(number) ?? two.files.get(number);
    if (file !== undefined) files.set(number, file);
  }
  const others = new Map([...two.others, ...one.others].map((entry) => [entry.name, entry]));
  return { commit: one.commit ?? two.commit, files, others: [...others.values()] };
}

/**
 * The manifest without entries after the last archive that the other V2 knows nothing of: V1 gave those numbers to archives here for as long
 * as it was not known what was pruned or brought back there, and gives none now.
 */
export function withoutPassing(
  manifest: Manifest,
  theirs: Pick<SplitSide, 'entries' | 'archives'>,
  last: number,
): Manifest {
  const isKept = (number: number) => number <= last || theirs.entries.has(number) || theirs.archives.has(number);
  return { ...manifest, files: new Map([...manifest.files].filter(([number]) => isKept(number))) };
}

/** The sides, the one first that has pruned more with a generation. */
function withMoreFirst([one, other]: readonly [SplitSide, SplitSide], number: number): readonly [SplitSide, SplitSide] {
  const count = (side: SplitSide) => side.pruned.get(number)?.size ?? 0;
  return count(other) > count(one) ? [other, one] : [one, other];
}

/** The sides, the one first whose manifest knows later of a generation. */
function laterFirst([one, other]: readonly [SplitSide, SplitSide], number: number): readonly SplitSide[] {
  const isLater = compareHistories(other.entries.get(number), one.entries.get(number)) > 0;
  return isLater ? [other, one] : [one, other];
}
