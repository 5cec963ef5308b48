import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { openRepository } from '../../src/git/open.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { type MigrateOptions, migrate } from '../../src/migrate/migrate.ts';
import type { MigrateResult } from '../../src/migrate/migrate-result.ts';
import { updateSplit } from '../../src/project/split/update-split.ts';
import type { Finding } from '../../src/verify/finding.ts';
import { LOSSES } from '../../src/verify/findings/losses.ts';
import { verify } from '../../src/verify/verify.ts';
import { cleanEnvironment, git, gitResult, refs } from '../fixtures/git.ts';
import { RUNS, runs } from '../fixtures/scale.ts';

export { BOTH_ENGINES, ENGINES } from '../fixtures/scale.ts';
export const V2_PREFIX = 'refs/entire/';
export const V2_FULL = 'refs/entire/checkpoints/v2/full/';

/** Opens the repository in `dir`, hands it to `use`, and closes it. */
export async function withRepository<T>(
  dir: string,
  engine: EngineName,
  use: (repo: Repository) => Promise<T>,
): Promise<T> {
  const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
  try {
    return await use(repo);
  } finally {
    await repo.close();
  }
}

/** Migrates the repository in `dir`, by default with the native engine. */
export function migrateIn(
  dir: string,
  { engine = 'native', ...options }: MigrateOptions & { engine?: EngineName } = {},
): Promise<MigrateResult> {
  return withRepository(dir, engine, (repo) => migrate(repo, options));
}

/** What a fetch does to V2 after V1 has moved: it becomes what a fresh clone makes of it. */
export function normalizeIn(dir: string, engine: EngineName, maxCheckpoints: number): Promise<unknown> {
  return withRepository(dir, engine, (repo) =>
    updateSplit(repo, {
      maxCheckpoints,
      sizeRecord: undefined,
      fullCurrentMode: 'accumulate',
      rebuild: false,
      isNormalizing: true,
      onEvent: () => undefined,
    }),
  );
}

/** Verifies the repository in `dir`; expects no finding of severity `error`, and returns the other ones but V1's oddities and losses. */
export async function expectConsistent(
  dir: string,
  { maxCheckpoints = 100, engine = 'native' as EngineName } = {},
): Promise<Finding[]> {
  const report = await withRepository(dir, engine, (repo) => verify(repo, { maxCheckpoints }));
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(report.consistent).toBe(true);
  return report.findings.filter(({ code }) => !code.startsWith('V1_') && !(code in LOSSES));
}

/** All V2 refs with their ids. */
export function v2Refs(dir: string): Record<string, string> {
  return refs(dir, V2_PREFIX);
}

/**
 * What two V2s must have in common that were made in different numbers of runs: `main`, the archives, and the tree of
 * `full/current`, whose commits tell how it came about.
 */
export function v2State(dir: string): Record<string, string> {
  const state = v2Refs(dir);
  const current = `${V2_FULL}current`;
  if (state[current] !== undefined) state[current] = git(dir, 'rev-parse', `${current}^{tree}`);
  return state;
}

/** The checkpoints that a generation holds, sorted. */
export function checkpointsOf(dir: string, generation: string): string[] {
  const paths = git(dir, 'ls-tree', '-r', '--name-only', `${V2_FULL}${generation}`).split('\n');
  return [...new Set(paths.flatMap((path) => /^(..)\/(.{10})\//.exec(path)?.slice(1).join('') ?? []))].sort();
}

/** Every file of a repository with its size and time of change: what writes nothing changes nothing here. */
export function listing(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true });
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return paths.map((path) => {
    const { size, mtimeMs } = statSync(path);
    return `${path.slice(dir.length)} ${size} ${mtimeMs}`;
  });
}

/** What git complains about in a repository: absent objects, broken ones. */
export function complaints(dir: string): string[] {
  const { stdout, stderr } = gitResult(dir, ['fsck', '--connectivity-only', '--no-dangling']);
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => /^(?:missing|broken|error|fatal|bad)/.test(line))
    .sort();
}

/**
 * Runs a property. What fails is told with its seed and the smallest example; `CKPT_SEED` runs a seed again;
 * `fixed` is the seed where a script of its own tries others. A slow machine
 * tries fewer histories, and fewer smaller examples, rather than run into vitest's own limit, which would tell nothing.
 */
export function assertProperty<T>(property: fc.IAsyncProperty<T>, numRuns: number, fixed?: number): Promise<void> {
  const seed = process.env.CKPT_SEED ?? fixed;
  return fc.assert(property, {
    numRuns: runs(numRuns),
    interruptAfterTimeLimit: 40_000 * RUNS,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  }) as Promise<void>;
}
