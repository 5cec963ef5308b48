import { expect } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { type PruneOptions, prune } from '../../src/prune/prune.ts';
import type { PruneResult, RestoreResult } from '../../src/prune/prune-result.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { refs } from '../fixtures/git.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const V1_REF = 'refs/heads/entire/checkpoints/v1';
export const MAIN = 'refs/entire/checkpoints/v2/main';
export const CURRENT = 'refs/entire/checkpoints/v2/full/current';
export const MANIFEST = 'refs/entire/checkpoints/v2/generations';
/** Checkpoints in a generation of most tests here. */
export const MAX = 2;

/** When the n-th checkpoint of `test/migrate/checkpoints.ts` was made. */
export function madeAt(n: number): Date {
  return new Date(1.76e12 + n * HOUR);
}

type Options = Omit<Partial<PruneOptions>, 'now'> & { readonly engine?: EngineName; readonly now: Date };

/** Prunes the repository in `dir`: by the usual retention of 14 days, and by a clock that stands still at `now`. */
export function pruneIn(dir: string, { engine = 'native', now, ...options }: Options): Promise<PruneResult> {
  return withRepository(dir, engine, (repo) => prune(repo, { retentionDays: 14, now: () => now, ...options }));
}

/** Restores an archive. */
export function restoreIn(dir: string, number: number, engine: EngineName = 'native'): Promise<RestoreResult> {
  return withRepository(dir, engine, (repo) => restoreArchive(repo, number));
}

/** Migrates with `MAX` checkpoints in a generation. */
export function migrateHere(dir: string, engine: EngineName = 'native') {
  return migrateIn(dir, { engine, maxCheckpoints: MAX });
}

/** What becomes of each archive: `1 prune`, `2 stay within-retention`. */
export function verdicts({ archives }: PruneResult): string[] {
  return archives.map(({ number, verdict, stays }) =>
    [number, verdict, stays].filter((word) => word !== null).join(' '),
  );
}

/** Runs something, and expects that of all refs only those below these prefixes have moved. */
export async function expectMoved(
  dir: string,
  prefixes: readonly string[],
  work: () => Promise<unknown>,
): Promise<void> {
  const before = refs(dir);
  await work();
  const after = refs(dir);
  const moved = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (ref) => before[ref] !== after[ref],
  );
  expect(moved.filter((ref) => !prefixes.some((prefix) => ref.startsWith(prefix)))).toEqual([]);
}
