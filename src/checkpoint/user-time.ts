import { type Instant, parseInstant } from './instant.ts';

/** Seconds in each unit that an age can be given in. */
const UNITS: Readonly<Record<string, number>> = { h: 3600, d: 86_400, w: 604_800 };

/** Reads an age as users name it: whole hours, days or weeks (`36h`, `14d`, `2w`), in seconds; `undefined` for anything else. */
export function parseAge(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})([hdw])$/.exec(text) ?? [];
  const seconds = UNITS[unit];
  return digits === undefined || seconds === undefined ? undefined : Number(digits) * seconds;
}

/**
 * Reads a moment as users name it: a time (`2026-01-31T09:30:00+01:00`), a day, which begins at midnight UTC (`2026-01-31`), or how
 * long ago it is (`12h`, `14d`, `2w`). `now` is in milliseconds since 1970. `undefined` for anything else.
 */
export function parseMoment(text: string, now: number): Instant | undefined {
  const age = parseAge(text);
  if (age !== undefined) return BigInt(now) * 1_000_000n - BigInt(age) * 1_000_000_000n;
  return parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}
