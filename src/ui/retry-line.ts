import { sanitize } from './sanitize.ts';
import { withShortIds } from './words.ts';

/** Says that work starts again, and why: its counts begin again with it. `attempt` counts from 2. */
export function retryLine(attempt: number, reason: string): string {
  return `starts again (attempt ${attempt}), since another program was at work: ${withShortIds(sanitize(reason))}`;
}
