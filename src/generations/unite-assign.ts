import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { assign } from './assign.ts';

/** Which generation holds what, in one of two V2s that go on from a common one. */
export interface HeldBySide {
  /** What each archive holds, by its number. */
  readonly archives: ReadonlyMap<number, ReadonlySet<CheckpointId>>;
  /** What `full/current` holds. */
  readonly current: ReadonlySet<CheckpointId>;
}

/** Two V2s that become one. */
export interface Unification {
  readonly first: HeldBySide;
  readonly second: HeldBySide;
  /** Whether the first one's archive keeps a number that both have given to different checkpoints. */
  readonly isFirstPreferred: (number: number) => boolean;
  /** Numbers whose preferred archive counts as it is, also where there is none: nothing of the other one's is added to it. */
  readonly settled: ReadonlySet<number>;
  /** What was in the generations that were pruned in either, by their numbers. */
  readonly pruned: ReadonlyMap<number, ReadonlySet<CheckpointId>>;
  /** Whether a checkpoint is to lie in a generation at all: it is known, and did not go with one that was pruned. */
  readonly isHeld: (checkpoint: CheckpointId) => boolean;
  /** Checkpoints in a full generation. */
  readonly max: number;
  /** The number that the next archive gets: no generation has or had it in either. */
  readonly next: number;
  /** The order in which checkpoints arrived. */
  readonly inOrder: (checkpoints: readonly CheckpointId[]) => readonly CheckpointId[];
}

/** Which generation holds what in the V2 that comes of two. */
export interface UnitedGenerations {
  readonly archives: ReadonlyMap<number, readonly CheckpointId[]>;
  readonly current: readonly CheckpointId[];
  /** The archives that this makes of what filled `full/current`. */
  readonly rotated: ReadonlySet<number>;
}

/**
 * Says which checkpoint lies where when two V2s become one. An archive keeps its number and its checkpoints, also where only one of both
 * has archived them. Where both have given a number to different checkpoints, and one generation can't take them together, one keeps it:
 * of the other, what lies nowhere else becomes the next archive where that is all of it, else it goes to `full/current`, which is
 * archived when that fills it. An archive that was brought back is not filled again with what the other one still has in the old one. Nothing
 * lies in two places afterwards.
 */
export function uniteGenerations(input: Unification): UnitedGenerations {
  const { first, second, pruned, isHeld, max } = input;
  const placed = new Set<CheckpointId>();
  const archives = new Map<number, CheckpointId[]>();
  const displaced: Array<ReadonlySet<CheckpointId>> = [];
  const left = (ids: Iterable<CheckpointId>) => [...ids].filter((id) => isHeld(id) && !placed.has(id));
  const put = (number: number, ids: readonly CheckpointId[]) => {
    archives.set(number, [...ids]);
    for (const id of ids) placed.add(id);
  };
  for (const number of numbersOf(first, second)) {
    const sides = input.isFirstPreferred(number) ? [first, second] : [second, first];
    const isSettled = input.settled.has(number);
    const [kept = NONE, other = NONE] = sides.flatMap(
      ({ archives: own }) => own.get(number) ?? (isSettled ? NONE : []),
    );
    if (pruned.has(number)) {
      displaced.push(kept, other);
      continue;
    }
    const own = left(kept);
    const more = left(other).filter((id) => !kept.has(id));
    const isRoom = more.length === 0 || (!isSettled && own.length + more.length <= max);
    put(number, isRoom ? [...own, ...more] : own);
    if (!isRoom) displaced.push(other);
  }
  let { next } = input;
  const pool = new Set<CheckpointId>();
  for (const archive of displaced) {
    const rest = left(archive);
    if (rest.length > 0 && rest.length === archive.size) put(next++, rest);
    else for (const id of rest) pool.add(id);
  }
  for (const id of left([...first.current, ...second.current])) pool.add(id);
  // One that went into the pool may have been put with an archive that was displaced after it.
  const made = assign({ arrivals: input.inOrder(left(pool)), max, next });
  for (const [number, ids] of made.archives) put(number, ids);
  return { archives, current: made.current, rotated: new Set(made.archives.keys()) };
}

const NONE: ReadonlySet<CheckpointId> = new Set();

function numbersOf(...sides: readonly HeldBySide[]): number[] {
  return [...new Set(sides.flatMap(({ archives }) => [...archives.keys()]))].sort((a, b) => a - b);
}
