/** A moment as nanoseconds since 1970-01-01T00:00:00Z. Negative before that. */
export type Instant = bigint;

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const NANOSECONDS = 1_000_000_000n;

/**
 * Reads an RFC 3339 time (`2026-01-31T09:30:00.123456789+01:00`) to the nanosecond, which `Date` can't; digits after the
 * ninth are cut. `undefined` for anything else: a session's `created_at` may be absent or hold any text.
 */
export function parseInstant(text: unknown): Instant | undefined {
  const match = typeof text === 'string' ? RFC_3339.exec(text) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour = '0', offsetMinute = '0'] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const dayExists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const timeExists = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (!dayExists || !timeExists || Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offset = (Number(offsetHour) * 3600 + Number(offsetMinute) * 60) * (sign === '-' ? -1 : 1);
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return BigInt(seconds) * NANOSECONDS + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

/**
 * An instant as a git date in whole seconds, fractions cut, in UTC: `1767225600 +0000`. Git knows no dates before 1970,
 * such as the zero time of a Go program (year 1): they become the epoch, as does a time that is not known.
 */
export function gitDate(instant: Instant | undefined): string {
  const known = instant !== undefined && instant > 0n ? instant : 0n;
  return `${known / NANOSECONDS} +0000`;
}
