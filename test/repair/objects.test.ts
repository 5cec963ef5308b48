import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { chooseSize } from '../../src/generations/size.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { repair } from '../../src/repair/repair.ts';
import { verify } from '../../src/verify/verify.ts';
import { cutShort, flipInPack, makeEmpty, malform, malformedTree, removeObject } from '../fixtures/damaged-objects.ts';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { replaceTip } from '../verify/damage.ts';
import { archive, CURRENT, GENERATIONS, GOOD, MAIN, MAX_CHECKPOINTS } from '../verify/sabotages.ts';
import { repairIn, verifyIn } from './support.ts';

const [[A1]] = GENERATIONS;
const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

type Damage = (dir: string, id: string) => void;

const ROOT = `${MAIN}^{tree}`;
const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const flipAtStart: Damage = (dir, id) => flipInPack(dir, id, { atStart: true });

const DAMAGES: readonly (readonly [string, string, Damage, number])[] = [
  ['the root tree of main is gone', ROOT, removeObject, 0],
  ['the root tree of main is cut short', ROOT, cutShort, 0],
  ['the root tree of main is flipped in its pack', ROOT, flipInPack, 0],
  ['the root tree of main is flipped in its pack', ROOT, flipInPack, 1],
  ['the root tree of main is flipped at the start of its entry', ROOT, flipAtStart, 0],
  ['the root tree of main is flipped at the start of its entry', ROOT, flipAtStart, 1],
  ['the root tree of main has no NUL', ROOT, malform, 0],
  ["main's tip is cut short", MAIN, cutShort, 0],
  ["main's tip is flipped in its pack", MAIN, flipInPack, 1],
  ["a checkpoint's tree is flipped in its pack", `${MAIN}:${shardPath(A1)}`, flipInPack, 1],
  ["a session's tree is gone", `${MAIN}:${shardPath(A1)}/0`, removeObject, 1],
  ['a tree in the history of main is gone', `${MAIN}~4^{tree}`, removeObject, 0],
  ['a commit in the history of main is gone', `${MAIN}~4`, removeObject, 1],
  ["a checkpoint's tree in an archive is cut short", `${archive(1)}:${shardPath(A1)}`, cutShort, 0],
  ['the root tree of an archive is flipped in its pack', `${archive(1)}^{tree}`, flipInPack, 1],
  ["an archive's entry in the manifest is cut short", `${MANIFEST}:0000000000001.json`, cutShort, 0],
  ["an archive's entry in the manifest is empty", `${MANIFEST}:0000000000001.json`, makeEmpty, 1],
  ['a summary is empty', `${MAIN}:${shardPath(A1)}/metadata.json`, makeEmpty, 1],
  ['a summary is gone', `${MAIN}:${shardPath(A1)}/metadata.json`, removeObject, 1],
];
test.each(share(DAMAGES, 9))('%s: it is stored again', async (_, revision, damage, engineIndex) => {
  const engine = BOTH_ENGINES[engineIndex % BOTH_ENGINES.length] ?? 'native';
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir, git(dir, 'rev-parse', revision));
  const before = refs(dir);
  const planned = await repairIn(dir, engine, { dryRun: true });
  expect(planned.status).toBe('planned');
  expect(gitResult(dir, ['fsck']).status).not.toBe(0);
  const result = await repairIn(dir, engine);
  expect(result).toMatchObject({ status: 'repaired', isWhole: true, left: [] });
  expect(result.mended.map(({ code }) => code).join()).toMatch(/^OBJECT_(GONE|DAMAGED)/);
  expect(refs(dir)).toEqual(before);
  expect((await verifyIn(dir)).counts.errors).toBe(0);
  expect(gitResult(dir, ['rev-list', '--objects', '--all']).status).toBe(0);
});

test.each<[string, Damage, EngineName]>([
  ['gone', removeObject, 'isomorphic'],
  ['empty', makeEmpty, 'native'],
])('the recorded size of generations is %s: V1 does not give it, its id does', async (_, damage, engine) => {
  const dir = join(tempDir(), 'repo');
  GOOD.v1.write(dir);
  const sizeRecord = { maxCheckpoints: MAX_CHECKPOINTS, revision: 2 };
  await migrateIn(dir, { maxCheckpoints: MAX_CHECKPOINTS, sizeRecord });
  const before = refs(dir);
  damage(dir, git(dir, 'rev-parse', `${MANIFEST}:settings.json`));
  const errors = () => withRepository(dir, engine, async (repo) => (await verify(repo)).counts.errors);
  const repaired = (dryRun: boolean) => withRepository(dir, engine, (repo) => repair(repo, { dryRun }));
  expect(await errors()).toBe(1);
  // Also for who writes before it is repaired.
  const chosen = await withRepository(dir, engine, (repo) => chooseSize(repo));
  expect(chosen).toEqual({ maxCheckpoints: MAX_CHECKPOINTS, sizeRecord });
  expect(await repaired(true)).toMatchObject({ status: 'planned' });
  expect(await repaired(false)).toMatchObject({ status: 'repaired', isWhole: true, left: [] });
  expect(refs(dir)).toEqual(before);
  expect(git(dir, 'cat-file', 'blob', `${MANIFEST}:settings.json`)).toContain('"revision": 2');
  expect(await errors()).toBe(0);
});

test.each<[string, Damage, number]>([
  ['cut short', cutShort, 0],
  ['flipped in its pack', flipInPack, 1],
])('a summary of V2 alone is %s: verify --deep sees it, and it is stored again', async (_, damage, engineIndex) => {
  const engine = BOTH_ENGINES[engineIndex % BOTH_ENGINES.length] ?? 'native';
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  const before = refs(dir);
  damage(dir, git(dir, 'rev-parse', `${MAIN}:${shardPath(A1)}/metadata.json`));
  expect((await verifyIn(dir, { deep: true })).counts.errors).toBeGreaterThan(0);
  expect(await repairIn(dir, engine, { dryRun: true })).toMatchObject({ status: 'planned' });
  const result = await repairIn(dir, engine);
  expect(result).toMatchObject({ status: 'repaired', isWhole: true, left: [] });
  expect(result.mended.map(({ code }) => code)).toContain('OBJECT_DAMAGED');
  expect(refs(dir)).toEqual(before);
  expect((await verifyIn(dir, { deep: true })).counts.errors).toBe(0);
});

describe.each(ENGINES)('a tree that somebody made and that is none (%s)', (engine) => {
  test.each([MAIN, CURRENT, archive(1)])('at the root of %s: verify finds it, and repair mends it', async (ref) => {
    const dir = join(tempDir(), 'repo');
    cpSync(good, dir, { recursive: true });
    replaceTip(dir, ref, (commit) => ({ ...commit, tree: malformedTree(dir) }));
    const before = refs(dir);
    const { findings, consistent } = await verifyIn(dir);
    expect(consistent).toBe(false);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'OBJECT_DAMAGED', ref }));
    const result = await repairIn(dir, engine);
    expect(result).toMatchObject({ status: 'repaired', isWhole: true, left: [] });
    expect((await verifyIn(dir)).counts.errors).toBe(0);
    expect(refs(dir)[V1_REF]).toBe(before[V1_REF]);
    if (ref === MAIN) expect(Object.values(refs(dir, 'refs/ckpt/backup/'))).toContain(before[ref]);
  });

  test("at the root of another writer's main: it is left, with the command that replaces it", async () => {
    const dir = join(tempDir(), 'repo');
    cpSync(good, dir, { recursive: true });
    git(dir, 'update-ref', MAIN, git(dir, 'commit-tree', '-p', MAIN, '-m', 'other tool', `${MAIN}^{tree}`));
    replaceTip(dir, MAIN, (commit) => ({ ...commit, tree: malformedTree(dir) }));
    const before = refs(dir);
    const { status, left } = await repairIn(dir, engine);
    expect(status).toBe('nothing-mended');
    expect(left[0]?.remedy).toContain('ckpt migrate --rebuild');
    expect(refs(dir)).toEqual(before);
  });
});
