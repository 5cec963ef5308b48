import type { RefUpdate } from '../git/repository.ts';
import { alignColumns } from './align-columns.ts';
import { sanitize } from './sanitize.ts';
import { formatCount, shortId } from './words.ts';

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

/** Lines for refs, a line each, without those in the middle where they are many: V2's `main` comes last. */
export function shortened(lines: readonly string[]): string[] {
  if (lines.length <= MAX_REFS) return [...lines];
  const left = lines.length - 2 * REFS_AT_END;
  const between = `  and ${formatCount(left)} more between these; --json lists all`;
  return [...lines.slice(0, REFS_AT_END), between, ...lines.slice(-REFS_AT_END)];
}

function change(old: string | null, id: string | null): string {
  if (old === null) return 'new';
  return old === id ? 'unchanged' : `was ${shortId(old)}`;
}
