import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';

/** The number of a generation; `CURRENT` stands for `full/current`, which is newer than every archive. */
export type GenerationPlace = number;
export const CURRENT: GenerationPlace = Number.POSITIVE_INFINITY;

/** Which checkpoints there are, and where they lie already. */
export interface Arrivals {
  /** The checkpoints that have something for a generation, each once, in the order of their arrival. */
  readonly arrivals: Iterable<CheckpointId>;
  /** What `full/current` holds. */
  readonly held?: Checkpoints;
  /** What an archive holds: it stays there, also where `full/current` holds it as well. */
  readonly archived?: Checkpoints;
  /** What went with a generation that was pruned: it stays away, unless `full/current` holds it. */
  readonly pruned?: Checkpoints;
  /** Checkpoints in a full generation, at least 1. */
  readonly max: number;
  /** The number that the next archive gets. */
  readonly next: number;
  /** Whether what does not fill a generation is archived as well. */
  readonly isForced?: boolean;
}

/** A set of checkpoints, or a map by them. */
export interface Checkpoints {
  has(checkpoint: CheckpointId): boolean;
}

/** Which generation holds what, of everything that does not lie in an archive already. */
export interface Assignment {
  /** The archives that are to be made, by their numbers from `next` on. */
  readonly archives: ReadonlyMap<number, readonly CheckpointId[]>;
  /** What `full/current` is to hold, in the order of arrival. */
  readonly current: readonly CheckpointId[];
}

const NONE: Checkpoints = new Set<CheckpointId>();

/**
 * Says which checkpoint lies where: in the order of arrival each full generation's worth of what lies in no archive becomes
 * an archive, and the rest is `full/current`. The order counts for nothing where there is less than that, so that a caller
 * for whom it is dear to find may give any.
 */
export function assign(input: Arrivals): Assignment {
  const { arrivals, held = NONE, archived = NONE, pruned = NONE, max, next, isForced = false } = input;
  const current = [...arrivals].filter((id) => !archived.has(id) && (held.has(id) || !pruned.has(id)));
  const archives = new Map<number, CheckpointId[]>();
  while (current.length >= max || (isForced && current.length > 0)) {
    archives.set(next + archives.size, current.splice(0, max));
  }
  return { archives, current };
}

/** The checkpoints that arrived after the last one that was archived, now or before: all others of them were pruned. */
export function arrivedSince(arrivals: readonly CheckpointId[], archived: Checkpoints): CheckpointId[] {
  return arrivals.slice(arrivals.findLastIndex((id) => archived.has(id)) + 1);
}

/** The folders of some checkpoints, in their order, for those that have one. */
export function pick<V>(
  folders: ReadonlyMap<CheckpointId, V>,
  checkpoints: Iterable<CheckpointId>,
): Map<CheckpointId, V> {
  const picked = new Map<CheckpointId, V>();
  for (const id of checkpoints) {
    const folder = folders.get(id);
    if (folder !== undefined) picked.set(id, folder);
  }
  return picked;
}
