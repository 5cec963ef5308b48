import { describe, expect, test } from 'vitest';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { repair } from '../../src/repair/repair.ts';
import { FAITHFUL, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, refs } from '../fixtures/git.ts';
import { V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { shardPath, V1Builder } from '../fixtures/v1-builder.ts';
import { removeObject } from '../verify/damage.ts';
import { A, B, C, D, foreignRepository, lines, verifyIn, X } from '../verify/foreign-v2.ts';
import { checkpointsOf, ENGINES, expectConsistent, migrateIn, v2Refs, withRepository } from './support.ts';

const paths = (dir: string, ref: string, id: string) =>
  git(dir, 'ls-tree', '-r', '--name-only', ref, `${shardPath(id)}/`)
    .split('\n')
    .filter(Boolean);

describe.each(ENGINES)('what V2 alone has, %s', (engine) => {
  test('a checkpoint outlives a rebuild, under the names of V1, and a rebuild again moves nothing', async () => {
    const { dir } = foreignRepository({ ...FAITHFUL, extra: [X] });
    const before = paths(dir, V2_CURRENT, X).length;
    expect(before).toBeGreaterThan(0);
    const rebuilt = await migrateIn(dir, { engine, rebuild: true });
    expect(rebuilt.warnings).toEqual([
      `carried over, since V1 lacks them ('ckpt migrate --from v2 --to v1' gives them to V1): checkpoints ${X}`,
    ]);
    expect(checkpointsOf(dir, 'current')).toEqual([A, B, C, D, X].sort());
    expect(paths(dir, V2_MAIN, X)).toContain(`${shardPath(X)}/metadata.json`);
    const transcripts = paths(dir, V2_CURRENT, X);
    expect(transcripts).toHaveLength(before);
    expect(transcripts).toContain(`${shardPath(X)}/0/full.jsonl`);
    expect(transcripts.join()).not.toContain('raw_transcript');
    // V1's own history is what it would be without it: one commit is on top of the image of V1's tip.
    const plain = foreignRepository({ ...FAITHFUL });
    await migrateIn(plain.dir, { engine, rebuild: true });
    expect(git(dir, 'rev-parse', `${V2_MAIN}^`)).toBe(git(plain.dir, 'rev-parse', V2_MAIN));
    const notes = await expectConsistent(dir, { engine });
    const only = notes.flatMap(({ code, checkpoint }) => (code === 'CHECKPOINT_ONLY_IN_V2' ? checkpoint : []));
    expect(new Set(only)).toEqual(new Set([X]));
    const after = v2Refs(dir);
    expect(await migrateIn(dir, { engine, rebuild: true })).toMatchObject({ status: 'up-to-date', refs: [] });
    expect(v2Refs(dir)).toEqual(after);
    // Once V1 has it, a rebuild gives the plain projection again.
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v2', to: 'v1' }));
    expect(await migrateIn(dir, { engine, rebuild: true })).toMatchObject({ status: 'migrated', warnings: [] });
    expect(await expectConsistent(dir, { engine })).toEqual([]);
  });

  test('a session outlives a rebuild, with its transcript, and is listed', async () => {
    const other = new V1Builder();
    other.init();
    other.checkpoint(A, { sessions: [{ sessionId: 'both' }, { sessionId: 'in V2 alone' }] });
    const v1 = new V1Builder();
    v1.init();
    v1.checkpoint(A, { sessions: [{ sessionId: 'both' }] });
    const { dir } = foreignRepository({ ...FAITHFUL });
    for (const ref of Object.keys(refs(dir, 'refs/'))) git(dir, 'update-ref', '-d', ref);
    other.write(dir);
    writeForeignV2(dir, other, FAITHFUL);
    git(dir, 'update-ref', '-d', 'refs/heads/entire/checkpoints/v1');
    v1.write(dir);
    const { warnings } = await migrateIn(dir, { engine, rebuild: true });
    expect(warnings.join()).toMatch(new RegExp(`^carried over, since V1 lacks them .*: sessions ${A}/1$`));
    expect(paths(dir, V2_CURRENT, A)).toContain(`${shardPath(A)}/1/full.jsonl`);
    const summary = JSON.parse(git(dir, 'show', `${V2_MAIN}:${shardPath(A)}/metadata.json`));
    expect(summary.sessions).toHaveLength(2);
    await expectConsistent(dir, { engine });
  });

  test('a transcript folder of it that is absent stops the rebuild, which names it and moves nothing', async () => {
    const { dir } = foreignRepository({ ...FAITHFUL, extra: [X] });
    removeObject(dir, git(dir, 'rev-parse', `${V2_CURRENT}:${shardPath(X)}/0`));
    const before = refs(dir, 'refs/');
    await expect(migrateIn(dir, { engine, rebuild: true })).rejects.toThrow(
      expect.objectContaining({ code: 'V2_ONLY_UNREADABLE', message: expect.stringContaining(X) }),
    );
    expect(refs(dir, 'refs/')).toEqual(before);
  });
});

test('nothing to do is said of another writer’s V2 when it is true of its content', async () => {
  const { dir } = foreignRepository({ defects: ['fields'] });
  await migrateIn(dir);
  expect(lines((await verifyIn(dir)).findings, 'error')).not.toEqual([]);
  const again = await migrateIn(dir);
  expect(again).toMatchObject({ status: 'differs', refs: [] });
  expect(again.warnings.join()).toMatch(/files on main that differ from V1's: V2's were kept/);
  // What a repair has mended is nothing to warn of, and then nothing is to do.
  const mended = await withRepository(dir, 'native', (repo) => repair(repo));
  expect(mended).toMatchObject({ status: 'repaired', warnings: [] });
  expect(lines((await verifyIn(dir)).findings, 'error')).toEqual([]);
  expect(await migrateIn(dir)).toMatchObject({ status: 'up-to-date', refs: [], warnings: [] });
});
