import type { Instant } from '../checkpoint/instant.ts';
import { parseMoment } from '../checkpoint/user-time.ts';
import { UsageError } from './errors.ts';

/** The moment that `--since` or `--until` names, as `parseMoment` reads it. Throws `UsageError`. */
export function parseSinceFlag(text: string, now: Date): Instant {
  const moment = parseMoment(text, now.getTime());
  if (moment !== undefined) return moment;
  throw new UsageError(
    `${text} is not a time`,
    'Name a day (2026-01-31), a time (2026-01-31T09:30:00Z), or how long ago (12h, 14d, 2w).',
  );
}

/** A day in nanoseconds. */
const DAY = 86_400_000_000_000n;

/** The last moment that `--until` leaves: of a day, its end. Throws `UsageError`. */
export function parseUntilFlag(text: string, now: Date): Instant {
  const moment = parseSinceFlag(text, now);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? moment + DAY - 1n : moment;
}
