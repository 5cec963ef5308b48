import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { LeftFinding, MendedGroup, RepairedPair, RepairResult } from '../repair/repair-result.ts';
import { alignColumns } from './align-columns.ts';
import { printedText } from './command-line.ts';
import { page } from './page.ts';
import { refTable } from './ref-table.ts';
import { countAll, groupBy } from './reports/group.ts';
import { listing } from './reports/listing.ts';
import { againLine, type RunFacts, tookLine } from './run-facts.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount } from './words.ts';

/** What a repair mended, what it left and why, for a person to read: of each layout, where it was several. Ends with a line feed. */
export function repairText(result: RepairResult, run: RunFacts): string {
  const all = [result, ...result.others];
  const isPlanned = all.some(({ status }) => status === 'planned');
  return page([
    ...all.flatMap((one) => [...(all.length > 1 ? [[titleOf(one)]] : []), ...blocks(one, run)]),
    [tookLine(run), ...(isPlanned ? [againLine(run, { without: '--dry-run' })] : [])],
  ]);
}

function titleOf({ from, to }: RepairedPair): string {
  return `${LAYOUT_NAMES[to]}, by ${LAYOUT_NAMES[from]}:`;
}

function blocks(result: RepairedPair, { argv }: RunFacts): string[][] {
  const { to, mended, left, refs, backup, warnings, dryRun } = result;
  return [
    headline(result),
    mended.length > 0 ? [dryRun ? 'To be mended:' : 'Mended:', ...alignColumns(mended.map(row))] : [],
    ...byCode(left).map((group) => leftOver(group, argv)),
    refs.length > 0 ? refTable(refs, dryRun) : [],
    backup === null
      ? []
      : [`Copies of the ${to === 'v2' ? 'archives whose content' : 'refs that'} this replaces: ${sanitize(backup)}`],
    warnings.map((warning) => `Warning: ${sanitize(printedText(warning, argv))}`),
  ];
}

function headline({ status, mended, left, verified, v1, from, to }: RepairedPair): string[] {
  const count = mended.reduce((sum, group) => sum + group.count, 0);
  const rest = left.length === 0 ? '' : `, ${formatCount(countLeft(left))} left`;
  switch (status) {
    case 'nothing-to-do':
      return ['Nothing to do: verify finds no error and no warning (without --deep).'];
    case 'nothing-mended':
      return [`Nothing was mended: ${countOf(countLeft(left), 'finding')} left, each with the reason below.`];
    case 'planned':
      return [`Dry run, nothing was written. To be mended: ${countOf(count, 'finding')}${rest}.`];
    case 'repaired': {
      // A V2 whose V1 is gone has nothing to be consistent with.
      const isAlone = from === 'v1' && v1.tip === null;
      const now =
        verified?.counts.errors === 0 && !isAlone
          ? `${LAYOUT_NAMES[to]} ${agreeing(to, 'is', 'are')} consistent with ${LAYOUT_NAMES[from]}`
          : `${countOf(verified?.counts.errors ?? 0, 'error')} left`;
      return [`Mended ${countOf(count, 'finding')}${rest}.`, `Verified again: ${now}.`];
    }
  }
}

function row({ code, count, meaning }: MendedGroup): string[] {
  return [`  ${formatCount(count).padStart(7)}`, code, meaning];
}

function byCode(left: readonly LeftFinding[]): LeftFinding[][] {
  return [...groupBy(left, ({ finding, reason }) => `${finding.code} ${reason}`).values()];
}

function countLeft(left: readonly LeftFinding[]): number {
  return countAll(left.map(({ finding }) => finding));
}

function leftOver(group: readonly LeftFinding[], argv: readonly string[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const lines = listing(group.map((one) => one.finding));
  const { finding, reason, remedy } = first;
  const title = `Left: ${finding.severity} ${finding.code} (${formatCount(countLeft(group))}): ${printedText(reason, argv)}`;
  return [title, ...lines, `  What to do: ${printedText(remedy, argv)}`];
}
