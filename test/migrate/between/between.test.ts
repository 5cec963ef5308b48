import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { EngineName } from '../../../src/git/repository.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { madeV1 } from '../../../src/project/between/plan-between.ts';
import { histories, materialize } from '../../fixtures/arbitraries.ts';
import { writeForeignV2 } from '../../fixtures/foreign-v2.ts';
import { git, gitBytes, gitResult, refs, withTempDir } from '../../fixtures/git.ts';
import { reference } from '../../fixtures/reference.ts';
import { refOf, refsReference } from '../../fixtures/refs-reference.ts';
import { A, B, historyScenarios, realScenarios, type Scenario } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { transcriptText, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { assertProperty, complaints, ENGINES, migrateIn, v2Refs, withRepository } from '../support.ts';

type Pair = { from: LayoutName; to: 'v1' | 'refs'; dryRun?: boolean };
const between = (dir: string, pair: Pair, engine: EngineName = 'native') =>
  withRepository(dir, engine, (repo) => migrateBetween(repo, pair));

/** What projects V1 onto git-refs gives, without what is beside them. */
const checkpointRefs = (all: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(all).filter(([ref]) => /^refs\/entire\/checkpoints\/..\//.test(ref) && !ref.includes('/v2/')),
  );

/** Only the refs of some prefixes, in a repository that has nothing else of the history. */
function cloneOf(dir: string, ...prefixes: string[]): string {
  const clone = join(tempDir(), 'clone');
  git(tempDir(), 'init', '--quiet', '--bare', clone);
  git(clone, 'fetch', '--quiet', dir, ...prefixes.map((prefix) => `+${prefix}*:${prefix}*`));
  return clone;
}

/** Mode and id of each file of a commit's tree, by its path. */
function filesOf(dir: string, commit: string): Map<string, string> {
  const lines = gitBytes(dir, ['ls-tree', '-r', '-z', '--full-tree', commit]).toString('latin1').split('\0');
  return new Map(
    lines.filter(Boolean).map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  );
}

test('the way there and back gives the ids of before where V1 is still in the object store', () => {
  const property = fc.asyncProperty(histories({ deletions: true }), fc.constantFrom(...ENGINES), (history, engine) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'repo');
      const { tip } = materialize(history, dir);
      const expected = { refs: refsReference(dir).refs, v2: reference(dir).refs };
      const missing = () => complaints(dir).filter((line) => line.startsWith('missing'));
      const before = missing();
      await between(dir, { from: 'v1', to: 'refs' }, engine);
      await migrateIn(dir, { engine });
      for (const from of ['refs', 'v2'] as const) {
        git(dir, 'update-ref', '-d', V1_REF);
        await between(dir, { from, to: 'v1' }, engine);
        expect(git(dir, 'rev-parse', V1_REF)).toBe(tip);
        expect(await between(dir, { from, to: 'v1' }, engine)).toMatchObject({ status: 'up-to-date', refs: [] });
      }
      for (const ref of Object.keys(expected.refs)) git(dir, 'update-ref', '-d', ref);
      git(dir, 'update-ref', '-d', V1_REF);
      await between(dir, { from: 'v2', to: 'refs' }, engine);
      expect({ ...refs(dir, 'refs/ckpt/'), ...checkpointRefs(refs(dir)) }).toEqual(expected.refs);
      for (const ref of Object.keys(v2Refs(dir))) if (ref.includes('/v2/')) git(dir, 'update-ref', '-d', ref);
      await withRepository(dir, engine, async (repo) => {
        await migrate(repo, { source: (await madeV1(repo, 'refs', false))?.v1 });
      });
      for (const [ref, id] of Object.entries(expected.v2)) expect(git(dir, 'rev-parse', ref)).toBe(id);
      git(dir, 'update-ref', V1_REF, tip);
      expect(missing()).toEqual(before);
    }),
  );
  return assertProperty(property, 8);
});

/** A summary's value with what no way back can give: git-refs have cut that out. */
function summaryValue(dir: string, blob: string): unknown {
  const { stdout } = gitResult(dir, ['cat-file', 'blob', blob]);
  try {
    const value = JSON.parse(stdout.toString());
    delete value.checkpoint_version;
    return value;
  } catch {
    return stdout.toString('latin1');
  }
}

const plain: Readonly<Record<string, Scenario>> = {
  everyKindOfCommit: historyScenarios.everyKindOfCommit,
  merge: historyScenarios.merge,
  ulids: historyScenarios.ulids,
  tasks: realScenarios.tasks,
};

describe.each(['refs', 'v2'] as const)('%s to V1, where V1 is gone from the object store', (from) => {
  it.each(Object.keys(plain))(
    'gives every file back but for the form of summaries, and there again the same trees: %s',
    async (name) => {
      const dir = join(tempDir(), 'repo');
      await (plain[name] as Scenario)(dir);
      if (from === 'refs') await between(dir, { from: 'v1', to: 'refs' });
      else await migrateIn(dir, { maxCheckpoints: 2 });
      const clone = cloneOf(dir, 'refs/entire/', 'refs/ckpt/');
      const results = new Set<string>();
      for (const engine of ENGINES) {
        gitResult(clone, ['update-ref', '-d', V1_REF]);
        expect((await between(clone, { from, to: 'v1' }, engine)).status).toBe('migrated');
        results.add(git(clone, 'rev-parse', V1_REF));
      }
      expect(results.size).toBe(1);
      const [expected, found] = [filesOf(dir, V1_REF), filesOf(clone, V1_REF)];
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [path, file] of expected) {
        if (found.get(path) === file) continue;
        expect(path).toMatch(/^..\/[^/]+\/metadata\.json$/);
        const blobs = [file, found.get(path) ?? ''].map((line) => line.split(' ')[2] as string);
        expect(summaryValue(clone, blobs[1] as string)).toEqual(summaryValue(dir, blobs[0] as string));
      }
      expect(await between(clone, { from, to: 'v1' })).toMatchObject({ status: 'up-to-date' });
      const trees = refsReference(dir).trees;
      expect(refsReference(clone).trees).toEqual(trees);
      const dates = (repo: string) => git(repo, 'log', '--format=%at %ct %an %s', V1_REF).split('\n');
      for (const line of dates(clone)) expect(dates(dir)).toContain(line);
      expect(complaints(clone)).toEqual([]);
    },
  );
});

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
    expect(await between(dir, { from: 'v2', to: 'v1' }, engine)).toMatchObject({ status: 'up-to-date', refs: [] });
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
