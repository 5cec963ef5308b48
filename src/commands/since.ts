import { type Instant, parseInstant } from '../checkpoint/instant.ts';
import { instantOf, parseAge } from '../prune/retention.ts';
import { UsageError } from './errors.ts';

/**
 * The moment that `--since` names: a time (`2026-01-31T09:30:00+01:00`), a day, which begins at midnight UTC (`2026-01-31`), or how long
 * ago it is (`12h`, `14d`, `2w`). Throws `UsageError`.
 */
export function parseSince(text: string, now: Date): Instant {
  const age = parseAge(text);
  if (age !== undefined) return instantOf(now) - BigInt(age) * 1_000_000_000n;
  const instant = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return instant;
  throw new UsageError(
    `${text} is no time`,
    'Name a day (2026-01-31), a time (2026-01-31T09:30:00Z), or how long ago (12h, 14d, 2w).',
  );
}
