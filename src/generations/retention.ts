import type { Instant } from '../checkpoint/instant.ts';
import { isOddTime } from '../checkpoint/odd-time.ts';

/** How old an archived generation may get, and how many stay however old they are. */
export interface Retention {
  /** An archive is past it when its newest checkpoint is older than this many seconds, by instants and not by calendar days. */
  readonly seconds: number;
  /** The archives with the greatest numbers that always stay. */
  readonly keep: number;
}

export const DAY_SECONDS = 86_400;
const NANOSECONDS = 1_000_000_000n;

/** A moment of this machine's clock as an instant. */
function instantOf(now: Date): Instant {
  return BigInt(now.getTime()) * 1_000_000n;
}

/** True where more than the retention has gone by since `newest`: exactly as long is not past it, and a time that nobody meant never is. */
export function isPast(newest: Instant, retention: Retention, now: Date): boolean {
  if (isOddTime(newest, now.getTime())) return false;
  return instantOf(now) - newest > BigInt(Math.round(retention.seconds)) * NANOSECONDS;
}

/** Whole seconds since `newest`, cut; negative where it lies in the future. */
export function ageInSeconds(newest: Instant, now: Date): number {
  return Number((instantOf(now) - newest) / NANOSECONDS);
}
