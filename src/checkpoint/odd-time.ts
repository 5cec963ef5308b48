import { type Instant, parseInstant } from './instant.ts';

/** Before this nobody can have meant a checkpoint: zero times of programs (year 1, 1601, 1970) lie before it. */
const EARLIEST = parseInstant('1980-01-01T00:00:00Z') ?? 0n;
/** Clocks go wrong by hours or days; what lies further in the future was made up. */
const YEAR = 366n * 86_400n * 1_000_000_000n;

/**
 * True for a time that nobody meant: the zero time of a program, or one that lies more than a year in the future. `now` is in
 * milliseconds since 1970. Such a time is kept as it is, and no age follows from it.
 */
export function isOddTime(instant: Instant, now: number = Date.now()): boolean {
  return instant < EARLIEST || instant > BigInt(Math.round(now)) * 1_000_000n + YEAR;
}
