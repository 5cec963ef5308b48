import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { MigrateResult } from '../migrate/migrate-result.ts';
import { alignColumns } from './align-columns.ts';
import { printedCommand, printedText } from './command-line.ts';
import { page } from './page.ts';
import { refTable } from './ref-table.ts';
import { againLine, nextLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount } from './words.ts';

/** `here`: the layouts that are there, where V1 is not. */
type Migrated = MigrateResult & { readonly here?: readonly LayoutName[] };

/** What a migration did, for a person to read. Ends with a line feed. */
export function migrateText(result: Migrated, run: RunFacts): string {
  const { status, dryRun, refs, backup } = result;
  const isChange = status === 'migrated' || status === 'planned';
  const next = status === 'planned' && dryRun ? againLine(run, { without: '--dry-run' }) : nextLine(run, 'verify');
  return page([
    headline(result, run).map((line) => printedText(line, run.argv)),
    isChange ? numbers(result) : [],
    refs.length > 0 ? refTable(refs, dryRun) : [],
    result.oddities.length > 0 ? oddities(result) : [],
    backup === null ? [] : [`Copies of the refs that this replaces: ${sanitize(backup)}`],
    [tookLine(run), ...(status === 'no-v1' ? [] : [next])],
  ]);
}

function headline(result: Migrated, { argv }: RunFacts): string[] {
  const source = sanitize(result.v1?.ref ?? '');
  const isNew = result.counts.commits > 0 || result.counts.checkpoints > 0;
  const refs = countOf(result.refs.length, 'ref');
  switch (result.status) {
    case 'no-v1':
      return [
        'Nothing to migrate: there is no V1 branch here.',
        "Neither entire/checkpoints/v1 nor origin's copy of it exists.",
        ...(result.here ?? []).map((name) => {
          const command = printedCommand(['ckpt', 'migrate', '--from', name, '--to', 'v1'], argv);
          return `${LAYOUT_NAMES[name]} ${agreeing(name, 'is', 'are')} here. To make V1 of ${agreeing(name, 'it', 'them')}: ${command}`;
        }),
      ];
    case 'up-to-date':
      return upToDate(result, source);
    case 'differs':
      if (result.mode !== 'foreign') {
        return [
          `Nothing to add from ${source}, but V2 has lost some of what it held.`,
          '`ckpt verify` names it, `ckpt repair` brings back what V1 has.',
        ];
      }
      return [
        `Nothing to add: V2 has every checkpoint and session of ${source}, but not all of their content.`,
        "Another tool wrote it, and what it has is kept: `ckpt repair` takes V1's.",
      ];
    case 'v2-ahead':
      return [
        `Nothing was migrated: V2 is ahead of ${source}; it holds commits that this branch does not have, or has no more.`,
        'Fetch the branch (`ckpt fetch`); where no remote has them: `ckpt migrate --from v2 --to v1` brings back what V2 has.',
      ];
    case 'migrated':
      return isNew
        ? [`Migrated ${source}: ${projected(result)}.`]
        : [`Nothing is new in ${source}. Brought up to date: ${refs} of V2.`];
    case 'planned':
      return isNew
        ? [`Dry run, nothing was written. To migrate from ${source}: ${projected(result)}.`]
        : [`Dry run, nothing was written. Nothing is new in ${source}. To bring up to date: ${refs} of V2.`];
  }
}

/** What was new in V1: checkpoints, or commits that change none. */
function projected(result: Migrated): string {
  const { commits, checkpoints, sessions } = result.counts;
  const what =
    checkpoints > 0
      ? `${countOf(checkpoints, 'checkpoint')}, ${countOf(sessions, 'session')}`
      : `${countOf(commits, 'commit')} without a new or changed checkpoint`;
  return `${what}${modeWords(result)}`;
}

/** What a run with nothing to do has looked at, and no more: commits, and which checkpoints lie in a generation. */
function upToDate({ mode, counts }: Migrated, source: string): string[] {
  const pruned = counts.prunedCheckpoints ?? 0;
  const butFor = pruned === 0 ? '' : `, but for the pruned transcripts of ${countOf(pruned, 'checkpoint')}`;
  const what = mode === 'foreign' ? 'every checkpoint and session' : 'every commit and checkpoint';
  return [
    `Nothing to do: V2 has ${what} of ${source}${butFor}.`,
    'Contents were not compared: `ckpt verify` does that.',
  ];
}

function modeWords(result: MigrateResult): string {
  switch (result.mode) {
    case 'incremental':
      return ', added to the V2 of an earlier run';
    case 'foreign':
      return ', new or completed in a V2 that another tool wrote';
    case 'rewritten':
      return ', V2 follows a V1 that was rewritten';
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
