import type { FleetRow } from '../fleet/fleet-row.ts';
import type { FleetSummary } from '../fleet/fleet-summary.ts';
import { alignColumns } from './align-columns.ts';
import { page } from './page.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount, formatDuration } from './words.ts';

/** Repositories that have a row; of a larger fleet those that are not in order come first. */
const MAX_ROWS = 60;
/** Characters of a detail that are shown. */
const MAX_DETAIL = 100;

/** What a text says of a run besides where the fleet stands. */
export interface FleetRunWords {
  readonly doneBeforeCount: number;
  /** The folder of the report; `null` where none was asked for. */
  readonly report: string | null;
  readonly durationMs: number;
}

/** Where a fleet stands, for a person to read. Ends with a line feed. */
export function fleetText(summary: FleetSummary, run: FleetRunWords): string {
  const { fleet, counts, standings } = summary;
  const words = fleet.words.map(sanitize).join(' ');
  const before = run.doneBeforeCount === 0 ? '' : ` ${formatCount(run.doneBeforeCount)} of them were done before.`;
  return page([
    [`${countOf(counts.repositories, 'repository', 'repositories')}: ckpt ${fleet.command} ${words}`.trimEnd()],
    alignColumns(standings.map(({ standing, count }) => [`  ${sanitize(standing)}`, formatCount(count)])),
    table(summary.repositories),
    [
      `Took ${formatDuration(run.durationMs)}.${before}`,
      ...(run.report === null ? [] : [`Report: ${sanitize(run.report)}`]),
    ],
  ]);
}

function table(rows: readonly FleetRow[]): string[] {
  if (rows.length === 0) return [];
  const isLarge = rows.length > MAX_ROWS;
  const shown = (isLarge ? rows.filter(({ grade }) => grade === 'bad' || grade === 'open') : rows).slice(0, MAX_ROWS);
  const more = rows.length - shown.length;
  const head = ['  repository', 'standing', 'checkpoints', 'time', ''];
  const lines = shown.map(({ name, standing, checkpointCount, durationMs, detail }) => [
    `  ${sanitize(name)}`,
    sanitize(standing),
    checkpointCount === null ? '-' : formatCount(checkpointCount),
    formatDuration(durationMs),
    cutDetail(sanitize(detail)),
  ]);
  return [
    ...(lines.length === 0 ? [] : alignColumns([head, ...lines])),
    ...(more > 0 ? [`  and ${formatCount(more)} more; --json lists all`] : []),
  ];
}

function cutDetail(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}...` : text;
}
