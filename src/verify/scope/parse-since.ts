import { type Instant, parseInstant } from '../../checkpoint/instant.ts';

/** What `--since` was given: a moment, or a revision. */
export type Since = { readonly moment: Instant } | { readonly revision: string };

const SECONDS = { h: 3600n, d: 86_400n, w: 604_800n } as const;
const NANOSECONDS = 1_000_000_000n;

/**
 * Reads a moment: RFC 3339 (`2026-01-31T09:30:00Z`), a day (`2026-01-31`, its start in UTC), or how long ago from `now`
 * (milliseconds since 1970): hours, days or weeks, of at most three digits (`12h`, `14d`, `2w`). Everything else is a revision.
 */
export function parseSince(text: string, now: number): Since {
  const moment = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (moment !== undefined) return { moment };
  const [, count, unit] = /^(\d{1,3})([hdw])$/.exec(text) ?? [];
  if (count === undefined) return { revision: text };
  return { moment: BigInt(now) * 1_000_000n - BigInt(count) * SECONDS[unit as keyof typeof SECONDS] * NANOSECONDS };
}
