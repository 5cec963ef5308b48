import { CkptError } from '../checkpoint/errors.ts';
import type { FleetRow } from './fleet-row.ts';
import { type FleetSummary, fleetSummary } from './fleet-summary.ts';
import { type FleetSubject, readRows, readSubject } from './report-folder.ts';

/** What several reports say together. */
export interface MergedReports {
  readonly summary: FleetSummary;
  /** Repositories that have lines in several reports, or several in one: the one that began last counts. */
  readonly repeatedCount: number;
}

/**
 * Unites the reports in some folders, one a shard or one for all. Throws a `CkptError` for a folder without a report, and where they are of
 * different commands.
 */
export async function mergeReports(dirs: readonly string[]): Promise<MergedReports> {
  let fleet: FleetSubject | undefined;
  const rows = new Map<string, FleetRow>();
  const repeated = new Set<string>();
  for (const dir of dirs) {
    const subject = await readSubject(dir);
    fleet ??= subject;
    if (JSON.stringify(subject) !== JSON.stringify(fleet)) throw otherSubject(dir, subject);
    for await (const row of readRows(dir)) {
      const before = rows.get(row.name);
      if (before !== undefined) repeated.add(row.name);
      if (before === undefined || before.startedAt <= row.startedAt) rows.set(row.name, row);
    }
  }
  if (fleet === undefined) throw new RangeError('no folders');
  return { summary: fleetSummary(fleet, [...rows.values()]), repeatedCount: repeated.size };
}

function otherSubject(dir: string, { command, words }: FleetSubject): CkptError {
  const what = ['ckpt', 'fleet', command, ...words].join(' ');
  return new CkptError('FLEET_REPORT_DIFFERS', `${dir} has the report of another command: ${what}`, {
    exitCode: 2,
    hint: 'Merge reports of one command at a time.',
  });
}
