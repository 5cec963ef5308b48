import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempDir } from '../fixtures/git.ts';
import { type Steps, tell } from './story.ts';

const FILE = new URL('ids.json', import.meta.url);

/** The first stories are recorded in full; of the others, one number for each step. */
const IN_FULL = 10;

type Recorded = Record<string, Record<string, string | string[]>>;

/** What stands in `ids.json`. */
export function readRecord(): Recorded {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Recorded;
}

export function writeRecord(recorded: Recorded): void {
  const lines = Object.entries(recorded).map(([n, steps]) => {
    const isFull = Number(n) < IN_FULL;
    return `${JSON.stringify(n)}: ${isFull ? JSON.stringify(steps, null, 1) : JSON.stringify(steps)}`;
  });
  writeFileSync(FILE, `{\n${lines.join(',\n')}\n}\n`);
}

/** Tells the n-th story in a new folder. */
export function story(n: number, engine: 'native' | 'isomorphic'): Promise<Steps> {
  return withTempDir((temp) => tell(n, engine, join(temp, 'repo')));
}

/** A story's steps as they are recorded. */
export function recordOf(n: number, steps: Steps): Record<string, string | string[]> {
  if (n < IN_FULL) return steps;
  return Object.fromEntries(Object.entries(steps).map(([name, lines]) => [name, numberOf(lines)]));
}

/**
 * Where a story went another way than recorded: one text for each step. `given` among them means that what is generated has
 * changed, not the program.
 */
export function deviations(recorded: Recorded, n: number, steps: Steps): string[] {
  const expected = recorded[n];
  if (expected === undefined) return [`story ${n} is not recorded`];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(steps)])];
  return names.flatMap((name) => {
    const actual = steps[name];
    const was = expected[name];
    if (actual !== undefined && was !== undefined && numberOf(actual) === (Array.isArray(was) ? numberOf(was) : was))
      return [];
    const before = Array.isArray(was) ? `recorded:\n  ${was.join('\n  ')}\n` : '';
    return [`story ${n}, step "${name}":\n${before}now:\n  ${(actual ?? ['no such step']).join('\n  ')}`];
  });
}

function numberOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
}
