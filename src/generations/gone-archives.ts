import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ManifestEntry } from './manifest-entry.ts';

/** What is known of the generations of a V2, to tell archives that are none any more. */
export interface KnownGenerations {
  readonly entries: ReadonlyMap<number, ManifestEntry>;
  /** How many generations hold a checkpoint. */
  readonly holders: ReadonlyMap<CheckpointId, number>;
}

/** Whether an archive of this number may be none any more, by its entry alone: it was pruned or emptied. */
export function mayBeGone(entry: ManifestEntry | undefined): boolean {
  return entry !== undefined && (entry.isPruned || entry.checkpoints.length === 0);
}

/**
 * Whether an archive is none any more, though a ref is there: a push deletes nothing, so that a remote has it until `ckpt prune --remote`. Its
 * number was pruned or emptied, and all that it holds lies in another generation or was pruned: it got another number, or it is what was
 * pruned. Another program may have given the number again: such an archive holds something new. `holders` counts the archive itself or not.
 */
export function isGoneArchive(
  { number, checkpoints }: { readonly number: number; readonly checkpoints: Iterable<CheckpointId> },
  { entries, holders }: KnownGenerations,
  isCounted: boolean,
): boolean {
  if (!mayBeGone(entries.get(number))) return false;
  const pruned = new Set([...entries.values()].flatMap((other) => (other.isPruned ? other.checkpoints : [])));
  return [...checkpoints].every((id) => pruned.has(id) || (holders.get(id) ?? 0) > (isCounted ? 1 : 0));
}

/** How many of these generations hold each checkpoint. */
export function countHolders(generations: Iterable<Iterable<CheckpointId>>): Map<CheckpointId, number> {
  const holders = new Map<CheckpointId, number>();
  for (const generation of generations) for (const id of generation) holders.set(id, (holders.get(id) ?? 0) + 1);
  return holders;
}
