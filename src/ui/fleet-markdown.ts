import type { FleetSummary } from '../fleet/fleet-summary.ts';
import { codeSpan } from './reports/code-span.ts';
import { countOf, formatCount } from './words.ts';

/** Repositories that have a row: GitHub refuses a summary of more than 1 MiB. */
const MAX_ROWS = 1000;
/** Characters of a name or a detail that are shown. */
const MAX_TEXT = 200;

/** Where a fleet stands, for a job's summary or a comment: what needs somebody has rows, the rest is counted. */
export function fleetMarkdown({ fleet, counts, standings, repositories }: FleetSummary): string {
  const rows = repositories.filter(({ grade }) => grade === 'bad' || grade === 'open');
  const listed = rows
    .sort((a, b) => b.exitCode - a.exitCode)
    .slice(0, MAX_ROWS)
    .map(
      ({ name, standing, detail }) => `| ${cell(name)} | ${cell(standing)} | ${detail === '' ? '' : cell(detail)} |`,
    );
  const parts = [
    `## ${counts.bad === 0 ? '✅' : '❌'} ckpt fleet ${fleet.command}`,
    [
      '| standing | repositories |',
      '| --- | ---: |',
      ...standings.map(({ standing, count }) => `| ${cell(standing)} | ${formatCount(count)} |`),
    ].join('\n'),
    ...(listed.length === 0 ? [] : [['| repository | standing | what |', '| --- | --- | --- |', ...listed].join('\n')]),
    ...(rows.length > listed.length ? [`and ${formatCount(rows.length - listed.length)} more`] : []),
    `${countOf(counts.repositories, 'repository', 'repositories')}, ${countOf(counts.checkpoints, 'checkpoint')}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function cell(text: string): string {
  return codeSpan(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}
