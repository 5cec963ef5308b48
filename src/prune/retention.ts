import type { Instant } from '../checkpoint/instant.ts';

/** How old an archived generation may get, and how many stay however old they are. */
export interface Retention {
  /** An archive is past it when its newest checkpoint is older than this many seconds, by instants and not by calendar days. */
  readonly seconds: number;
  /** The archives with the greatest numbers that always stay. */
  readonly keep: number;
}

/** Seconds in each unit that an age can be given in. */
const UNITS: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };
export const DAY_SECONDS = 86_400;
const NANOSECONDS = 1_000_000_000n;

/** Reads an age as `--older-than` takes it: whole hours, days or weeks (`36h`, `14d`, `2w`), in seconds; else `undefined`. */
export function parseAge(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})([hdw])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  return digits === undefined || seconds === undefined ? undefined : Number(digits) * seconds;
}

/** A moment of this machine's clock as an instant. */
export function instantOf(now: Date): Instant {
  return BigInt(now.getTime()) * 1_000_000n;
}

/** True where more than the retention has gone by since `newest`: exactly as long is not past it. */
export function isPast(newest: Instant, retention: Retention, now: Date): boolean {
  return instantOf(now) - newest > BigInt(Math.round(retention.seconds)) * NANOSECONDS;
}

/** Whole seconds since `newest`, cut; negative where it lies in the future. */
export function ageInSeconds(newest: Instant, now: Date): number {
  return Number((instantOf(now) - newest) / NANOSECONDS);
}
