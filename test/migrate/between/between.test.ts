import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../src/git/repository.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { writeForeignV2 } from '../../fixtures/foreign-v2.ts';
import { git } from '../../fixtures/git.ts';
import { refOf, refsReference } from '../../fixtures/refs-reference.ts';
import { A, B, historyScenarios, realScenarios } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../support.ts';

type Pair = { from: LayoutName; to: 'v1' | 'refs'; dryRun?: boolean };
const between = (dir: string, pair: Pair, engine: EngineName = 'native') =>
  withRepository(dir, engine, (repo) => migrateBetween(repo, pair));

/** Only the refs of some prefixes, in a repository that has nothing else of the history. */
function cloneOf(dir: string, ...prefixes: string[]): string {
  const clone = join(tempDir(), 'clone');
  git(tempDir(), 'init', '--quiet', '--bare', clone);
  git(clone, 'fetch', '--quiet', dir, ...prefixes.map((prefix) => `+${prefix}*:${prefix}*`));
  return clone;
}

/**
 *   A ─ finalized ─────────── M     (M takes V1's own version)
 *    \\ side ─ prompt, later /
 */
it.each(['refs', 'v2'] as const)('%s to V1 ends with what a merge has taken', async (from) => {
  const dir = join(tempDir(), 'repo');
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.branch('side');
  const prompt = `${A.slice(0, 2)}/${A.slice(2)}/0/prompt.txt`;
  v1.checkout('v1').commit({ message: 'Here\n', files: { [prompt]: 'here' } });
  v1.checkout('side').commit({ message: 'Beside\n', files: { [prompt]: 'beside' } });
  v1.checkout('v1').merge('side', {}, 'ours first');
  v1.write(dir);
  expect(git(dir, 'show', `${V1_REF}:${prompt}`)).toBe('here');
  if (from === 'refs') await between(dir, { from: 'v1', to: 'refs' });
  else await migrateIn(dir);
  const clone = cloneOf(dir, 'refs/entire/');
  await between(clone, { from, to: 'v1' });
  expect(git(clone, 'show', `${V1_REF}:${prompt}`)).toBe('here');
});

it.each(ENGINES)(
  'a V1 that was deleted comes back by its own commits, and its checkpoints are counted (%s)',
  async (engine) => {
    const dir = tempDir();
    const { tip, checkpoints } = await historyScenarios.merge(dir);
    await between(dir, { from: 'v1', to: 'refs' }, engine);
    git(dir, 'update-ref', '-d', V1_REF);
    const result = await between(dir, { from: 'refs', to: 'v1' }, engine);
    expect(result).toMatchObject({ status: 'migrated', counts: { commits: 0, restored: checkpoints.length } });
    expect(git(dir, 'rev-parse', V1_REF)).toBe(tip);
  },
);

describe('to a V1 that is there', () => {
  it.each(ENGINES)('brings what only another writer’s V2 has, under V1’s names, on top of it (%s)', async (engine) => {
    const dir = tempDir();
    const { v1, tip } = await historyScenarios.merge(dir);
    writeForeignV2(dir, v1, { extra: ['0000000000ee'], rawNames: true } as never);
    const result = await between(dir, { from: 'v2', to: 'v1' }, engine);
    expect(result).toMatchObject({ status: 'migrated', counts: { restored: 1 } });
    expect(git(dir, 'merge-base', tip, V1_REF)).toBe(tip);
    const files = git(dir, 'ls-tree', '-r', '--name-only', V1_REF, '00/000000000ee/').split('\n');
    expect(files.filter((path) => path.includes('raw_transcript'))).toEqual([]);
    // The other writer has reset dates and taken other names: of what both have, V1 keeps its own.
    const again = { status: 'differs', refs: [], leftCheckpoints: ['a3b2c4d5e6f7', 'a3ffffffffff', 'b1c2d3e4f506'] };
    expect(await between(dir, { from: 'v2', to: 'v1' }, engine)).toMatchObject(again);
  });

  it('adds the sessions that it lacks, and lists them', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A);
    v1.checkpoint(B);
    const older = v1.write(dir);
    v1.checkpoint(A, { sessions: [{ sessionId: 'second', transcript: transcriptText('second') }] });
    v1.write(dir);
    await between(dir, { from: 'v1', to: 'refs' });
    const clone = cloneOf(dir, 'refs/entire/');
    // The clone's V1 has gone another way meanwhile.
    git(clone, 'fetch', '--quiet', dir, `${older}:${V1_REF}`);
    const dry = await between(clone, { from: 'refs', to: 'v1', dryRun: true });
    expect(dry).toMatchObject({ status: 'planned', counts: { restored: 0, joined: 1 } });
    expect(git(clone, 'rev-parse', V1_REF)).toBe(older);
    expect((await between(clone, { from: 'refs', to: 'v1' })).refs).toEqual(dry.refs);
    expect(git(clone, 'rev-parse', `${V1_REF}^`)).toBe(older);
    const folder = `${A.slice(0, 2)}/${A.slice(2)}`;
    const summary = JSON.parse(git(clone, 'cat-file', 'blob', `${V1_REF}:${folder}/metadata.json`));
    expect(summary.sessions.map((session: { metadata: string }) => session.metadata)).toEqual([
      `/${folder}/0/metadata.json`,
      `/${folder}/1/metadata.json`,
    ]);
    expect(git(clone, 'rev-parse', `${V1_REF}:${folder}/1`)).toBe(git(dir, 'rev-parse', `${refOf(A)}:1`));
    expect(await between(clone, { from: 'refs', to: 'v1' })).toMatchObject({ status: 'up-to-date' });
  });

  it('says that there is nothing to migrate from', async () => {
    const dir = tempDir();
    await realScenarios.plain(dir);
    expect(await between(dir, { from: 'refs', to: 'v1' })).toMatchObject({ status: 'no-source', refs: [] });
  });
});

it('git-refs have what a second V1 has beside the branch', async () => {
  const dir = tempDir();
  await realScenarios.plain(dir);
  const other = new V1Builder();
  other.checkpoint('8643c3e2f37e');
  const custom = join(tempDir(), 'other');
  other.write(custom);
  git(dir, 'fetch', '--quiet', custom, `${V1_REF}:refs/entire/checkpoints/v1`);
  const { counts } = await between(dir, { from: 'v1', to: 'refs' });
  expect(counts.created).toBe(Object.keys(refsReference(dir).refs).length);
  expect(git(dir, 'log', '-1', '--format=%s', refOf('8643c3e2f37e'))).toBe('Checkpoint: 8643c3e2f37e');
  expect(await between(dir, { from: 'v1', to: 'refs' })).toMatchObject({ status: 'up-to-date', refs: [] });
});
