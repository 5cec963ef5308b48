import type { Instant } from '../../checkpoint/instant.ts';
import { parseMoment } from '../../checkpoint/user-time.ts';

/** What `--since` was given: a moment, or a revision. */
export type Since = { readonly moment: Instant } | { readonly revision: string };

/**
 * Reads a moment as `parseMoment` does, from `now` (milliseconds since 1970); everything else is a revision, also a number of more
 * than three digits with a unit, since the start of an object id can look like that (`1234d`).
 */
export function parseSince(text: string, now: number): Since {
  const moment = /^\d{4,}[hdw]$/.test(text) ? undefined : parseMoment(text, now);
  return moment === undefined ? { revision: text } : { moment };
}
