import type { RefUpdate } from '../git/repository.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, shortId } from './words.ts';

/** The refs that moved, or in a dry run would move: where they are then, and where they were. */
export function refTable(refs: readonly RefUpdate[], dryRun: boolean): string[] {
  const rows = refs.map(({ ref, old, new: id }) => [`  ${sanitize(ref)}`, id ?? '(deleted)', change(old, id)]);
  return [dryRun ? 'Refs that would be moved:' : 'Refs moved:', ...alignColumns(rows)];
}

function change(old: string | null, id: string | null): string {
  if (old === null) return 'new';
  return old === id ? 'unchanged' : `was ${shortId(old)}`;
}
