import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, gitBytes, initRepository } from '../fixtures/git.ts';
import { historyScenarios, impossibleScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, V2_FULL } from '../migrate/support.ts';
import { removeObject } from '../verify/damage.ts';
import { statusIn } from './support.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const codes = ({ problems }: Awaited<ReturnType<typeof statusIn>>) => problems.map(({ code }) => code);

describe('status of a repository where something is absent', () => {
  it.each(ENGINES)('says which part has an absent or malformed tree, and tells the rest (%s)', async (engine) => {
    for (const scenario of [impossibleScenarios.absentTree, impossibleScenarios.malformedTree]) {
      const dir = tempDir();
      await scenario(dir);
      const status = await statusIn(dir, { engine });
      expect(status).toMatchObject({
        v1: null,
        main: null,
        coverage: { relation: 'none', counts: { checkpoints: 2 } },
      });
      expect(status.problems).toEqual([
        {
          code: 'V1_UNREADABLE',
          message: expect.stringMatching(/the tree [0-9a-f]{40} /),
          commands: [['git', 'fsck']],
        },
      ]);
    }
    const lost = async (ref: string, path: string) => {
      const dir = tempDir();
      await historyScenarios.generations(dir);
      await migrateIn(dir, { maxCheckpoints: 2 });
      removeObject(dir, git(dir, 'rev-parse', `${ref}:${path}`));
      return statusIn(dir, { engine });
    };
    const shard = 'ff';
    expect(codes(await lost(V1_REF, shard))).toEqual(['V1_UNREADABLE']);
    expect(codes(await lost(MAIN, shard))).toEqual(['V2_UNREADABLE']);
    for (const path of [shard, `${shard}/0000000001`, `${shard}/0000000001/0`]) {
      const status = await lost(`${V2_FULL}0000000000001`, path);
      expect(status.problems).toMatchObject([{ code: 'GENERATION_UNREADABLE', commands: [['ckpt', 'verify']] }]);
      expect(status.generations).toMatchObject([{ state: 'unreadable', bytes: null }, { state: 'archived' }, {}]);
    }
  });

  it('names a V1 whose tip is no commit that can be read', async () => {
    const dir = initRepository({ dir: tempDir(), bare: true });
    const tip = gitBytes(dir, ['hash-object', '-t', 'commit', '--literally', '-w', '--stdin'], { input: 'no headers' });
    mkdirSync(join(dir, 'refs/heads/entire/checkpoints'), { recursive: true });
    writeFileSync(join(dir, V1_REF), tip);
    const status = await statusIn(dir);
    expect(status).toMatchObject({ standings: [], unreadableLayouts: [{ layout: 'v1', where: V1_REF }] });
    expect(codes(status)).toEqual(['V1_UNREADABLE']);
  });

  it.each(ENGINES)('a partial clone: the same, but for the sizes of what is not here (%s)', async (engine) => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const clone = join(tempDir(), 'clone.git');
    git(dir, 'config', 'uploadpack.allowFilter', 'true');
    git(dir, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    initRepository({ dir: clone, bare: true });
    git(clone, 'remote', 'add', 'origin', `file://${dir}`);
    git(clone, 'fetch', '-q', '--filter=blob:limit=400', 'origin', '+refs/*:refs/*');
    const [whole, partial] = [await statusIn(dir, { engine }), await statusIn(clone, { engine })];
    const counts = ({ v1, main, coverage, problems }: typeof whole) => ({ v1, main, coverage, problems });
    expect(counts(partial)).toEqual(counts(whole));
    const isAbsent = ({ absentFileCount }: { absentFileCount: number }) => absentFileCount;
    expect(whole.generations.map(isAbsent)).toEqual([0, 0, 0]);
    expect(partial.generations.every((one) => one.absentFileCount > 0)).toBe(true);
    const times = partial.generations.map(({ oldest, newest, checkpointCount }) => [oldest, newest, checkpointCount]);
    expect(times).toEqual(
      whole.generations.map(({ oldest, newest, checkpointCount }) => [oldest, newest, checkpointCount]),
    );

    // Without any tree, and with a remote that is gone.
    const bare = join(tempDir(), 'bare.git');
    initRepository({ dir: bare, bare: true });
    git(bare, 'remote', 'add', 'origin', `file://${dir}`);
    git(bare, 'fetch', '-q', '--filter=tree:0', 'origin', '+refs/*:refs/*');
    git(bare, 'remote', 'set-url', 'origin', 'file:///nowhere');
    expect(codes(await statusIn(bare, { engine }))).toEqual([
      'V1_UNREADABLE',
      'V2_UNREADABLE',
      'GENERATION_UNREADABLE',
      'MANIFEST_UNREADABLE',
    ]);
  });
});
