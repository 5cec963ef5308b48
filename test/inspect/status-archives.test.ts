import { describe, expect, it } from 'vitest';
import { readLayoutRefs } from '../../src/layout/layout-refs.ts';
import { readAges } from '../../src/prune/archive-ages.ts';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { FOREIGN_CREATED_AT, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { migrateIn, V2_FULL, withRepository } from '../migrate/support.ts';
import { editTip } from '../verify/damage.ts';
import { statusIn } from './support.ts';

/** Generation 2 alone, which ends on January 7th, is past the retention. */
const NOW = new Date('2025-01-22T00:00:00Z');

/** The newest time of each archive, which status and prune agree about. */
async function newestIn(dir: string): Promise<Array<string | null>> {
  const { generations } = await statusIn(dir);
  const ages = await withRepository(dir, 'native', async (repo) => readAges(repo, await readLayoutRefs(repo)));
  const newest = ages.map((aged) => aged.newest?.text ?? null);
  expect(generations.slice(0, ages.length).map((one) => one.newest)).toEqual(newest);
  return newest;
}

describe('status and prune', () => {
  it('takes the times of archives as prune does', async () => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const right = await newestIn(dir);
    expect(right).toEqual(['2025-01-09T00:00:00Z', '2025-01-07T00:00:00Z']);
    for (const json of [
      '{"oldest_checkpoint_at":"2001-01-01T00:00:00Z","newest_checkpoint_at":"2001-01-01T00:00:00Z"}',
      '{"newest_checkpoint_at":"2039-01-01T00:00:00Z"}',
      '{"newest_checkpoint_at":null}',
      '{broken',
      null,
    ]) {
      editTip(dir, `${V2_FULL}0000000000001`, { 'generation.json': json });
      expect(await newestIn(dir)).toEqual(right);
      expect((await statusIn(dir)).generations[0]?.oldest).toBe('2025-01-08T00:00:00Z');
    }
  });

  it('also where other software wrote V2', async () => {
    const dir = tempDir();
    const { v1 } = await historyScenarios.generations(dir);
    const far = { oldest: '2001-01-01T00:00:00Z', newest: '2001-01-02T00:00:00Z' };
    writeForeignV2(dir, v1, { archives: { 1: ['ff0000000001'], 2: ['ee0000000002'] }, generationJson: far });
    expect(await newestIn(dir)).toEqual([FOREIGN_CREATED_AT, FOREIGN_CREATED_AT]);
    // A migration makes the manifest by V1's times; main keeps the other tool's.
    await migrateIn(dir);
    expect(await newestIn(dir)).toHaveLength(2);
  });

  it('a pruned archive is told with what the manifest knows of it, and comes back with its backup', async () => {
    const dir = tempDir();
    await historyScenarios.generations(dir);
    await migrateIn(dir, { maxCheckpoints: 2 });
    const before = (await statusIn(dir)).generations;
    await withRepository(dir, 'native', (repo) => prune(repo, { apply: true, retentionDays: 14, now: () => NOW }));
    const { generations, problems } = await statusIn(dir);
    expect(generations[1]).toEqual({
      ...before[1],
      state: 'pruned',
      bytes: null,
      absentFileCount: 0,
      isInV1: false,
    });
    expect([generations[0], generations[2], problems]).toEqual([before[0], before[2], []]);
    await withRepository(dir, 'native', (repo) => restoreArchive(repo, 2, {}));
    expect((await statusIn(dir)).generations).toEqual(before);
  });
});
