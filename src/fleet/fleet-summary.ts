import { type FleetRow, GRADES, type Grade } from './fleet-row.ts';
import type { FleetSubject } from './report-folder.ts';

/** Where a fleet stands: what every report of it is made from. */
export interface FleetSummary {
  /** What was run in each repository. */
  readonly fleet: FleetSubject;
  readonly counts: Readonly<Record<'repositories' | 'checkpoints' | Grade, number>>;
  /** Each standing that a repository has, the worst grade first, then the most frequent. */
  readonly standings: ReadonlyArray<{ readonly standing: string; readonly grade: Grade; readonly count: number }>;
  /** By name. */
  readonly repositories: readonly FleetRow[];
}

/** Counts the rows of a fleet. */
export function fleetSummary(fleet: FleetSubject, rows: readonly FleetRow[]): FleetSummary {
  const ofGrade = (grade: Grade) => rows.filter((row) => row.grade === grade).length;
  const standings = new Map<string, { standing: string; grade: Grade; count: number }>();
  for (const { standing, grade } of rows) {
    const key = `${grade} ${standing}`;
    const before = standings.get(key) ?? { standing, grade, count: 0 };
    standings.set(key, { ...before, count: before.count + 1 });
  }
  const rank = (grade: Grade) => -GRADES.indexOf(grade);
  return {
    fleet,
    counts: {
      repositories: rows.length,
      checkpoints: rows.reduce((sum, { checkpointCount }) => sum + (checkpointCount ?? 0), 0),
      good: ofGrade('good'),
      open: ofGrade('open'),
      none: ofGrade('none'),
      bad: ofGrade('bad'),
    },
    standings: [...standings.values()].sort((a, b) => rank(a.grade) - rank(b.grade) || b.count - a.count),
    repositories: [...rows].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
