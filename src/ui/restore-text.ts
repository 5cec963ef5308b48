import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { RestoredCheckpoint, RestoreLostResult } from '../restore/restore-result.ts';
import { alignColumns } from './align-columns.ts';
import { page } from './page.ts';
import { refTable } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { countOf, shortId } from './words.ts';

/** What a restore of lost checkpoints did, for a person to read. Ends with a line feed. */
export function restoreLostText(result: RestoreLostResult, run: RunFacts): string {
  const { checkpoints, layout, dryRun, refs } = result;
  const what = countOf(new Set(checkpoints.map(({ checkpoint }) => checkpoint)).size, 'checkpoint');
  const name = LAYOUT_NAMES[layout];
  return page([
    [dryRun ? `Dry run, nothing was written. To be restored to ${name}: ${what}.` : `Restored to ${name}: ${what}.`],
    alignColumns(checkpoints.map(row)),
    refTable(refs, dryRun),
    [tookLine(run), dryRun ? againLine(run, { without: '--dry-run' }) : nextLine(run, 'migrate')],
  ]);
}

function row({ checkpoint, sessionCount, isWhole, deletedBy, commit }: RestoredCheckpoint): string[] {
  const sessions = `${countOf(sessionCount, 'session')}${isWhole ? '' : ' of it'}`;
  return [
    `  ${checkpoint}`,
    sessions,
    `as of ${shortId(commit)}, ${deletedBy === null ? 'out of a backup' : `deleted by ${shortId(deletedBy)}`}`,
  ];
}
