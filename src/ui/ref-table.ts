import type { RefUpdate } from '../git/repository.ts';
import { alignColumns } from './align-columns.ts';
import { sanitize } from './sanitize.ts';
import { formatCount, shortId } from './words.ts';

/** More refs than this are not listed one by one: the first and the last ones are, `REFS_AT_END` of each. */
const MAX_REFS = 12;
const REFS_AT_END = 4;

/** The refs that moved, or in a dry run would move: where they are then, and where they were. */
export function refTable(refs: readonly RefUpdate[], dryRun: boolean): string[] {
  const rows = refs.map(({ ref, old, new: id }) => [
    `  ${sanitize(ref)}`,
    id === null ? '(deleted)' : shortId(id),
    change(old, id),
  ]);
  const lines = alignColumns(rows);
  const left = lines.length - 2 * REFS_AT_END;
  if (lines.length > MAX_REFS) {
    lines.splice(REFS_AT_END, left, `  and ${formatCount(left)} more between these; --json lists all`);
  }
  return [dryRun ? 'Refs that would be moved:' : 'Refs moved:', ...lines];
}

function change(old: string | null, id: string | null): string {
  if (old === null) return 'new';
  return old === id ? 'unchanged' : `was ${shortId(old)}`;
}
