import { appendTo } from '../checkpoint/append-to.ts';
import type { FleetPlace } from './fleet-place.ts';
import { shardOf } from './shard.ts';

/** Which repositories a shard has; shards without any are left out of a plan. */
export interface PlannedShard {
  /** As `--shard` takes it: `3/16`. */
  readonly shard: string;
  readonly repositories: readonly string[];
}

/** Jobs that GitHub allows in a matrix (docs.github.com, "Actions limits"). */
export const MAX_MATRIX = 256;
/** Repositories of a shard where nobody says how many shards there are to be. */
const USUAL_SHARD = 50;

/** Deals a fleet out to shards: `total` of them, or so many that one has some fifty repositories. */
export function planShards(places: readonly FleetPlace[], total = usualTotal(places.length)): PlannedShard[] {
  const shards = new Map<number, string[]>();
  for (const { name } of places) {
    appendTo(shards, shardOf(name, total), name);
  }
  return [...shards]
    .sort(([a], [b]) => a - b)
    .map(([index, repositories]) => ({ shard: `${index}/${total}`, repositories }));
}

function usualTotal(count: number): number {
  return Math.min(MAX_MATRIX, Math.ceil(count / USUAL_SHARD));
}
