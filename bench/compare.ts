import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What one run of the bench measured, as it is stored: for each size the commands with what they took. */
export interface BenchFile {
  readonly machine: string;
  /** When it was measured, as an ISO 8601 time. */
  readonly at: string;
  readonly sizes: Record<string, Record<string, Measured>>;
}

/** Both as multiples of the reference in the same run, so that files of different machines can be compared. Medians. */
export interface Measured {
  /** Wall time. */
  readonly time: number;
  /** User and system time of all processes; `null` where it was not measured. */
  readonly processor: number | null;
  /** The greatest sum of resident memory over all processes, in bytes; `null` where it was not measured. */
  readonly memory: number | null;
}

/** How much more something may take before it is said. A tenth: below that a busy machine says as much. */
const TOLERANCE = 1.1;

/** One line for each command that takes over a tenth more than in an earlier file. Commands that only one of the files has are left out. */
export function slowerThan(before: BenchFile, now: BenchFile): string[] {
  return Object.entries(now.sizes).flatMap(([size, commands]) =>
    Object.entries(commands).flatMap(([command, measured]) => {
      const old = before.sizes[size]?.[command];
      if (old === undefined) return [];
      // Processor time depends less on what else runs.
      const key = old.processor !== null && measured.processor !== null ? 'processor' : 'time';
      const [was, is] = [old[key] as number, measured[key] as number];
      const more = (value: number, by: number) => `${((value / by - 1) * 100).toFixed(0)} % more`;
      const lines: string[] = [];
      if (is > was * TOLERANCE)
        lines.push(
          `${size}: ${command} takes ${more(is, was)} ${key === 'time' ? 'time' : 'processor time'}: ${is.toFixed(2)}× instead of ${was.toFixed(2)}×`,
        );
      if (old.memory !== null && measured.memory !== null && measured.memory > old.memory * TOLERANCE)
        lines.push(`${size}: ${command} takes ${more(measured.memory, old.memory)} memory`);
      return lines;
    }),
  );
}

/** Stores what was measured, and returns what is slower than in the file to compare with, which may be absent. */
export function storeAndCompare(now: BenchFile, store: string | undefined, compare: string | undefined): string[] {
  const before =
    compare !== undefined && existsSync(compare) ? (JSON.parse(readFileSync(compare, 'utf8')) as BenchFile) : undefined;
  if (store !== undefined) writeFileSync(store, `${JSON.stringify(now, null, 2)}\n`);
  if (compare === undefined) return [];
  if (before === undefined) return [`there is no ${compare} to compare with`];
  const slower = slowerThan(before, now);
  return slower.length > 0 ? slower : [`nothing takes over a tenth more than on ${before.at} (${before.machine})`];
}
