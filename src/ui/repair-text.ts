import type { LeftFinding, MendedGroup, RepairResult } from '../repair/result.ts';
import { refTable } from './ref-table.ts';
import { findingLine } from './reports/place.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, countOf, formatCount, formatDuration } from './words.ts';

/** Findings of one code that are printed one by one; the rest is counted. */
const MAX_LISTED = 10;

/**
 * What a repair mended, what it left and why, for a person to read. Ends with a line feed. `repo` is what the user named with
 * `--repo`, for the next command.
 */
export function repairText(result: RepairResult, repo?: string): string {
  const { mended, left, refs, backup, warnings, dryRun, durationMs, engine } = result;
  const parts = [headline(result)];
  if (mended.length > 0) parts.push([dryRun ? 'To be mended:' : 'Mended:', ...alignColumns(mended.map(row))]);
  for (const group of byCode(left)) parts.push(listing(group));
  if (refs.length > 0) parts.push(refTable(refs, dryRun));
  if (backup !== null) parts.push([`Archives whose content was replaced are kept under ${sanitize(backup)}`]);
  if (warnings.length > 0) parts.push(warnings.map((warning) => `Warning: ${sanitize(warning)}`));
  const took = `Took ${formatDuration(durationMs)} with ${sanitize(engine)}.`;
  const isPlan = result.status === 'planned';
  parts.push(isPlan ? [took, `Next: ckpt repair${repo === undefined ? '' : ` --repo ${sanitize(repo)}`}`] : [took]);
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ status, mended, left, verified }: RepairResult): string[] {
  const count = mended.reduce((sum, group) => sum + group.count, 0);
  const rest = left.length === 0 ? '' : `, ${formatCount(left.length)} left`;
  switch (status) {
    case 'nothing-to-do':
      return ['Nothing to do: verify finds no error and no warning.'];
    case 'nothing-mended':
      return [`Nothing was mended: ${countOf(left.length, 'finding')} left, each with the reason below.`];
    case 'planned':
      return [`Dry run, nothing was written. To be mended: ${countOf(count, 'finding')}${rest}.`];
    case 'repaired': {
      const now =
        verified?.consistent === true ? 'V2 is consistent with V1' : `${countOf(verified?.errors ?? 0, 'error')} left`;
      return [`Mended ${countOf(count, 'finding')}${rest}.`, `Verified again: ${now}.`];
    }
  }
}

function row({ code, count, meaning }: MendedGroup): string[] {
  return [`  ${formatCount(count).padStart(7)}`, code, meaning];
}

function byCode(left: readonly LeftFinding[]): LeftFinding[][] {
  const groups = new Map<string, LeftFinding[]>();
  for (const one of left) {
    const key = `${one.finding.code} ${one.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

function listing(group: readonly LeftFinding[]): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const lines = group.slice(0, MAX_LISTED).map(({ finding }) => `  ${findingLine(finding)}`);
  const rest = group.length - MAX_LISTED;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more; --json lists all`);
  const { finding, reason, remedy } = first;
  const title = `Left: ${finding.severity} ${finding.code} (${formatCount(group.length)}): ${reason}`;
  return [title, ...lines, `  What to do: ${remedy}`];
}
