/**
 * Stands in the place of each secret. No rule finds it, it needs no escape in a JSON string however deep that is nested,
 * and a second run leaves it alone.
 */
export const MARKER = '[REDACTED]';

/**
 * The marker of a secret in an object's key: the first of a document is `[REDACTED]`, then `[REDACTED 2]` and so on, so that
 * two members never become one. `taken` is how many markers there are before.
 */
export function keyMarker(taken: number): string {
  return taken === 0 ? MARKER : `[REDACTED ${taken + 1}]`;
}

/** How many markers, of either kind, a text has. */
export function countMarkers(text: string): number {
  return text.match(/\[REDACTED(?: \d+)?\]/g)?.length ?? 0;
}
