import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { greatest } from '../checkpoint/greatest.ts';
import { assign, CURRENT, type GenerationPlace } from './assign.ts';
import { missingNumbers } from './missing-numbers.ts';

/** What is known of the generations. */
export interface KnownPlaces {
  /** Where checkpoints lie, or lay before they were pruned. */
  readonly located: ReadonlyMap<CheckpointId, GenerationPlace>;
  /** The checkpoints in each archive that there is, or that is made again. */
  readonly sizes: ReadonlyMap<GenerationPlace, number>;
  /** Numbers that a generation has or had. */
  readonly taken: ReadonlySet<GenerationPlace>;
  readonly maxCheckpoints: number;
}

/**
 * Where transcripts belong that lie nowhere, and of which the manifest says nothing: between those of the checkpoints that
 * arrived before and after them. Where a number is free there, an archive was lost; else the one with room takes them. What
 * came after the newest archive makes archives of their own where it fills them; the rest is `full/current`.
 */
export function placeLost(arrivals: readonly CheckpointId[], known: KnownPlaces): Map<CheckpointId, GenerationPlace> {
  const placed = new Map<CheckpointId, GenerationPlace>();
  for (let at = 0; at < arrivals.length; ) {
    const start = at;
    while (at < arrivals.length && !known.located.has(arrivals[at] as CheckpointId)) at += 1;
    if (at > start) placeRun(arrivals, start, at, known, placed);
    at += 1;
  }
  return placed;
}

function placeRun(
  arrivals: readonly CheckpointId[],
  start: number,
  end: number,
  { located, sizes, taken, maxCheckpoints }: KnownPlaces,
  placed: Map<CheckpointId, GenerationPlace>,
): void {
  const run = arrivals.slice(start, end);
  const before = located.get(arrivals[start - 1] as CheckpointId) ?? 0;
  const after = located.get(arrivals[end] as CheckpointId) ?? CURRENT;
  const put = (ids: readonly CheckpointId[], place: GenerationPlace) => {
    for (const id of ids) placed.set(id, place);
  };
  const newest = greatest([...taken, ...[...placed.values()].filter((place) => place !== CURRENT)], 0);
  if (after === CURRENT) {
    const isNewest = before === newest && before !== CURRENT;
    const { archives, current } = assign({
      arrivals: run,
      max: isNewest ? maxCheckpoints : CURRENT,
      next: newest + 1,
    });
    for (const [number, ids] of archives) put(ids, number);
    put(current, CURRENT);
    return;
  }
  const free = missingNumbers(taken, before + 1, after);
  if (free.length === 0) {
    const hasRoom = sizes.has(before) && run.length + (sizes.get(before) ?? 0) <= maxCheckpoints;
    put(run, hasRoom || !sizes.has(after) ? (sizes.has(before) ? before : CURRENT) : after);
    return;
  }
  const each = Math.ceil(run.length / free.length);
  for (const [i, number] of free.entries()) put(run.slice(i * each, (i + 1) * each), number);
}
