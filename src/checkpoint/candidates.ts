/** Candidates that a message lists. */
export const MAX_CANDIDATES = 10;

/** What may be meant, a line each, as the end of a message: the first ten, and how many more there are. */
export function candidateLines(candidates: readonly string[]): string {
  const listed = candidates.slice(0, MAX_CANDIDATES);
  const rest = candidates.length - listed.length;
  return [...listed, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `\n  ${line.trimEnd()}`).join('');
}
