import { type Instant, parseInstant } from '../checkpoint/instant.ts';
import { UsageError } from './errors.ts';

const HOUR = 3_600_000_000_000n;
const UNITS: Readonly<Record<string, Instant>> = { h: HOUR, d: 24n * HOUR, w: 7n * 24n * HOUR };

/**
 * The moment that `--since` names: a time (`2026-01-31T09:30:00+01:00`), a day, which begins at midnight UTC (`2026-01-31`), or how long
 * ago it is (`12h`, `14d`, `2w`). `now` is in milliseconds. Throws `UsageError`.
 */
export function parseSince(text: string, now: number): Instant {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const length = UNITS[unit];
  if (count !== undefined && length !== undefined) return BigInt(now) * 1_000_000n - BigInt(count) * length;
  const instant = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `${text} is no time`,
    'Name a day (2026-01-31), a time (2026-01-31T09:30:00Z), or how long ago (12h, 14d, 2w).',
  );
}
