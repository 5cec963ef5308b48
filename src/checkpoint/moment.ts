import { type Instant, parseInstant } from './instant.ts';

const HOUR = 3_600_000_000_000n;
const UNITS: Readonly<Record<string, Instant>> = { h: HOUR, d: 24n * HOUR, w: 7n * 24n * HOUR };

/**
 * Reads a moment as users name it: a time (`2026-01-31T09:30:00+01:00`), a day, which begins at midnight UTC (`2026-01-31`), or how
 * long ago it is (`12h`, `14d`, `2w`). `now` is in milliseconds since 1970. `undefined` for anything else.
 */
export function parseMoment(text: string, now: number): Instant | undefined {
  const [, count, unit = ''] = /^(\d{1,9})([hdw])$/.exec(text) ?? [];
  const length = UNITS[unit];
  if (count !== undefined && length !== undefined) return BigInt(now) * 1_000_000n - BigInt(count) * length;
  return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}
