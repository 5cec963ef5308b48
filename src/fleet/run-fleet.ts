import type { FleetPlace } from './fleet-place.ts';
import type { FleetRow } from './fleet-row.ts';
import type { OpenReport } from './report-folder.ts';
import { type VisitOptions, visit } from './visit.ts';

export interface FleetRunOptions extends VisitOptions {
  readonly places: readonly FleetPlace[];
  /** How many repositories are worked on at a time, which bounds memory and connections. */
  readonly jobs: number;
  /** Where results are kept at once, and which are there already. */
  readonly report: OpenReport | undefined;
  /** Do those again that failed before. */
  readonly retries: boolean;
}

/** What became of a fleet, or of a shard of it. */
export interface FleetResult {
  /** By name. */
  readonly rows: readonly FleetRow[];
  /** Repositories of which the report had a line before. */
  readonly doneBeforeCount: number;
  /** Repositories that were not reached, since the run was stopped. */
  readonly leftCount: number;
}

/**
 * Runs a command in each repository, some at a time. One that fails, hangs or runs out of memory is a row like any other; only
 * a report that can't be written ends the run.
 */
export async function runFleet(options: FleetRunOptions): Promise<FleetResult> {
  const { places, jobs, report, retries, signal, onEvent } = options;
  const rows = new Map<string, FleetRow>();
  for (const { name } of places) {
    const before = report?.done.get(name);
    if (before !== undefined && !(retries && before.exitCode !== 0)) rows.set(name, before);
  }
  const doneBeforeCount = rows.size;
  const left = places.filter(({ name }) => !rows.has(name));
  onEvent({ kind: 'phase', phase: 'visit repositories', total: left.length });
  const next = left.values();
  const work = async (): Promise<void> => {
    for (const place of next) {
      if (signal.aborted) return;
      const visited = await visit(place, options);
      if (visited === undefined) return;
      const { row, document } = visited;
      await report?.add(row, document);
      rows.set(row.name, row);
      onEvent({ kind: 'repository-end', name: row.name, isFailed: row.grade === 'bad' });
      // Those that were done before are left out: the rate and the time that is left are those of this run.
      const done = rows.size - doneBeforeCount;
      onEvent({ kind: 'progress', phase: 'visit repositories', done, total: left.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, left.length) }, work));
  const all = places.flatMap(({ name }) => rows.get(name) ?? []);
  return { rows: all, doneBeforeCount, leftCount: places.length - all.length };
}

/** The worst exit code of some rows: 0 where there are none. */
export function worstOf(rows: readonly FleetRow[]): FleetRow['exitCode'] {
  return rows.reduce<FleetRow['exitCode']>((worst, { exitCode }) => (exitCode > worst ? exitCode : worst), 0);
}
