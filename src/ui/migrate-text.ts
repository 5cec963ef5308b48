import type { MigrateResult } from '../migrate/result.ts';
import { refTable } from './ref-table.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, countOf, formatCount, formatDuration } from './words.ts';

/** What the user asked for, for the next command. */
export interface NextCommand {
  /** What was named with `--repo`. */
  readonly repo?: string | undefined;
  /** The flags that a plan was made with, and that carry it out: `--max-checkpoints 20`. */
  readonly asked?: readonly string[];
}

/** What a migration did, for a person to read. Ends with a line feed. */
export function migrateText(result: MigrateResult, next: NextCommand = {}): string {
  const parts = [headline(result)];
  if (result.status === 'migrated' || result.status === 'planned') parts.push(numbers(result));
  if (result.refs.length > 0) parts.push(refTable(result.refs, result.dryRun));
  if (result.oddities.length > 0) parts.push(oddities(result));
  if (result.backup !== null) {
    parts.push([`The refs of before are kept under ${sanitize(result.backup)}`]);
  }
  parts.push(closing(result, next));
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline(result: MigrateResult): string[] {
  const source = sanitize(result.v1?.ref ?? '');
  const what = `${countOf(result.counts.checkpoints, 'checkpoint')}, ${countOf(result.counts.sessions, 'session')}`;
  switch (result.status) {
    case 'no-v1':
      return [
        'Nothing to migrate: there is no V1 branch here.',
        'Neither refs/heads/entire/checkpoints/v1 nor its copy of origin exists.',
      ];
    case 'up-to-date':
      return [`Nothing to do: V2 holds everything that ${source} holds.`];
    case 'v2-ahead':
      return [`Nothing to do: V2 is ahead of ${source}; it already holds commits that this branch does not have yet.`];
    case 'migrated':
      return [`Migrated ${source}: ${what}${modeWords(result)}.`];
    case 'planned':
      return [`Dry run, nothing was written. To migrate from ${source}: ${what}${modeWords(result)}.`];
  }
}

function modeWords(result: MigrateResult): string {
  switch (result.mode) {
    case 'incremental':
      return ', added to the V2 of an earlier run';
    case 'foreign':
      return ', added to a V2 that another tool wrote';
    case 'rebuild':
      return ', rebuilt from the start';
    case 'first':
    case null:
      return '';
  }
}

function numbers({ counts, dryRun }: MigrateResult): string[] {
  const changed = `${formatCount(counts.changedGenerations)} ${dryRun ? 'to be written' : 'written'} in this run`;
  return [
    `  ${countOf(counts.commits, 'commit')} ${dryRun ? 'to be projected' : 'projected'}`,
    `  ${countOf(counts.generations, 'archived generation')} (${changed})`,
    `  ${countOf(counts.currentCheckpoints, 'checkpoint')} in full/current`,
  ];
}

function oddities({ oddities }: MigrateResult): string[] {
  const rows = oddities.map(({ count, description }) => [`  ${formatCount(count).padStart(7)}`, sanitize(description)]);
  return ['Odd in V1 (notes, carried over unchanged; --json names the checkpoints):', ...alignColumns(rows)];
}

function closing({ status, dryRun, durationMs, engine }: MigrateResult, { repo, asked = [] }: NextCommand): string[] {
  const took = `Took ${formatDuration(durationMs)} with ${sanitize(engine)}.`;
  if (status === 'no-v1') return [took];
  const isPlan = dryRun && status === 'planned';
  const flags = [...(isPlan ? asked : []), ...(repo === undefined ? [] : [`--repo ${sanitize(repo)}`])];
  return [took, `Next: ${['ckpt', isPlan ? 'migrate' : 'verify', ...flags].join(' ')}`];
}
