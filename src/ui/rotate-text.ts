import type { RotatedGeneration, RotateResult } from '../rotate/result.ts';
import { refTable } from './ref-table.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, countOf, formatDuration } from './words.ts';

/**
 * What a rotation did, for a person to read. Ends with a line feed. `repo` is what the user named with `--repo`, for the
 * next command.
 */
export function rotateText(result: RotateResult, repo?: string): string {
  const { generations, dryRun, durationMs, engine } = result;
  const parts = [[headline(result)]];
  if (generations.length > 0) {
    const left = `  ${countOf(result.currentCheckpoints, 'checkpoint')} ${dryRun ? 'would stay' : 'now'} in full/current`;
    parts.push([...alignColumns(generations.map(row)), left], refTable(result.refs, dryRun));
  }
  const next = nextCommand(result);
  const command =
    next === undefined ? [] : [`Next: ckpt ${next}${repo === undefined ? '' : ` --repo ${sanitize(repo)}`}`];
  parts.push([`Took ${formatDuration(durationMs)} with ${sanitize(engine)}.`, ...command]);
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ status, reason, generations, currentCheckpoints, maxCheckpoints }: RotateResult): string {
  const what = countOf(generations.length, 'generation');
  if (status === 'rotated') return `Archived ${what}.`;
  if (status === 'planned') return `Dry run, nothing was written. To be archived: ${what}.`;
  switch (reason) {
    case 'no-current':
      return 'Nothing to do: there is no full/current here.';
    case 'empty':
      return 'Nothing to do: full/current is empty.';
    default:
      return `Nothing to do: full/current holds ${countOf(currentCheckpoints, 'checkpoint')}, and is full with ${maxCheckpoints}.`;
  }
}

function row({ ref, checkpoints, oldest, newest }: RotatedGeneration): string[] {
  const times = oldest === null || newest === null ? 'no times known' : `${sanitize(oldest)} to ${sanitize(newest)}`;
  return [`  ${sanitize(ref)}`, countOf(checkpoints, 'checkpoint'), times];
}

/** What comes next, with the flags of this run; nothing where `full/current` waits for more. */
function nextCommand({ status, reason, maxCheckpoints, force }: RotateResult): string | undefined {
  if (status === 'rotated') return 'verify';
  if (status === 'planned')
    return `rotate${force ? ' --force' : ''}${maxCheckpoints === 100 ? '' : ` --max-checkpoints ${maxCheckpoints}`}`;
  return reason === 'no-current' ? 'migrate' : undefined;
}
