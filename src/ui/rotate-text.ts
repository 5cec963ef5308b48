import type { RotatedGeneration, RotateResult } from '../rotate/rotate-result.ts';
import { alignColumns } from './align-columns.ts';
import { page } from './page.ts';
import { refTable } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf } from './words.ts';

/** What a rotation did, for a person to read. Ends with a line feed. */
export function rotateText(result: RotateResult, run: RunFacts): string {
  const { generations, currentCheckpointCount, dryRun, refs } = result;
  const left = `  ${countOf(currentCheckpointCount, 'checkpoint')} ${dryRun ? 'would stay' : 'now'} in full/current`;
  return page([
    [headline(result)],
    ...(generations.length === 0 ? [] : [[...alignColumns(generations.map(row)), left], refTable(refs, dryRun)]),
    [tookLine(run), ...next(result, run)],
  ]);
}

function headline({ status, reason, generations, currentCheckpointCount, maxCheckpoints }: RotateResult): string {
  const what = countOf(generations.length, 'generation');
  if (status === 'rotated') return `Archived ${what}.`;
  if (status === 'planned') return `Dry run, nothing was written. To be archived: ${what}.`;
  switch (reason) {
    case 'no-current':
      return 'Nothing to do: there is no full/current here.';
    case 'empty':
      return 'Nothing to do: full/current is empty.';
    default:
      return `Nothing to do: full/current holds ${countOf(currentCheckpointCount, 'checkpoint')}, and is full with ${maxCheckpoints}.`;
  }
}

function row({ ref, checkpointCount, oldest, newest }: RotatedGeneration): string[] {
  const times = oldest === null || newest === null ? 'no times known' : `${sanitize(oldest)} to ${sanitize(newest)}`;
  return [`  ${sanitize(ref)}`, countOf(checkpointCount, 'checkpoint'), times];
}

/** What comes next; nothing where `full/current` waits for more. */
function next({ status, reason }: RotateResult, run: RunFacts): string[] {
  if (status === 'rotated') return [nextLine(run, 'verify')];
  if (status === 'planned') return [againLine(run, { without: '--dry-run' })];
  return reason === 'no-current' ? [nextLine(run, 'migrate')] : [];
}
