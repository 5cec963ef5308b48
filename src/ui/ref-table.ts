import type { RefUpdate } from '../git/repository.ts';
import { alignColumns } from './align-columns.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount, shortId } from './words.ts';

/** More refs than this are not listed one by one: the first and the last ones are, `REFS_AT_END` of each. */
export const MAX_REFS = 12;
const REFS_AT_END = 4;

/** The refs that moved, or in a dry run would move: where they are then, and where they were. */
export function refTable(refs: readonly RefUpdate[], dryRun: boolean): string[] {
  const rows = refs.map(({ ref, old, new: id }) => [
    `  ${sanitize(ref)}`,
    id === null ? '(deleted)' : shortId(id),
    change(old, id),
  ]);
  return [dryRun ? 'Refs that would be moved:' : 'Refs moved:', ...shortened(alignColumns(rows))];
}

/** A ref, what became of it, and why where that was not to be. */
export interface RefOutcome {
  readonly ref: string;
  readonly what: string;
  readonly reason: string | null;
}

/** The refs and what became of each. A reason that several share, which may be long, is said once below them. */
export function outcomeTable(refs: readonly RefOutcome[]): string[] {
  const counts = new Map<string, number>();
  for (const one of refs) if (one.reason !== null) counts.set(wordsOf(one), (counts.get(wordsOf(one)) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1);
  const isShared = new Set(shared.map(([words]) => words));
  const rows = refs.map((one) => {
    const words = wordsOf(one);
    return [`  ${sanitize(one.ref)}`, sanitize(isShared.has(words) ? one.what : words)];
  });
  const reasons = shared.map(([words, count]) => sanitize(`${countOf(count, 'ref')} ${words}`));
  return [...shortened(alignColumns(rows)), ...reasons];
}

function wordsOf({ what, reason }: RefOutcome): string {
  return reason === null ? what : `${what}: ${reason}`;
}

/** Lines for refs, a line each, without those in the middle where they are many: V2's `main` comes last. */
function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MAX_REFS) return [...lines];
  const left = lines.length - 2 * REFS_AT_END;
  const between = `  and ${formatCount(left)} more between these; --json lists all`;
  return [...lines.slice(0, REFS_AT_END), between, ...lines.slice(-REFS_AT_END)];
}

function change(old: string | null, id: string | null): string {
  if (old === null) return 'new';
  return old === id ? 'unchanged' : `was ${shortId(old)}`;
}
