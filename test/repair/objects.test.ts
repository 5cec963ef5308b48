import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, migrateIn } from '../migrate/support.ts';
import { looseFile, removeObject } from '../verify/deep-sabotages.ts';
import { archive, GENERATIONS, GOOD, MAIN, MAX_CHECKPOINTS } from '../verify/sabotages.ts';
import { repairIn, verifyIn } from './support.ts';

const [[A1]] = GENERATIONS;
const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

type Damage = (dir: string, id: string) => void;
const remove: Damage = removeObject;
const cutShort: Damage = (dir, id) => {
  const file = looseFile(dir, id);
  const content = readFileSync(file);
  writeFileSync(file, content.subarray(0, content.length >> 1));
};
/** A byte in the middle of the object's entry in its pack. */
const flipInPack: Damage = (dir, id) => {
  git(dir, 'repack', '-a', '-d', '-q', '-f', '--depth=0');
  const packs = join(dir, 'objects/pack');
  const name = readdirSync(packs).find((file) => file.endsWith('.pack')) ?? '';
  const lines = git(dir, 'verify-pack', '-v', join(packs, name)).split('\n');
  const [, , , size = '', offset = ''] = lines.find((line) => line.startsWith(id))?.split(/ +/) ?? [];
  const content = readFileSync(join(packs, name));
  const at = Number(offset) + (Number(size) >> 1) + 2;
  content.writeUInt8(content.readUInt8(at) ^ 0xff, at);
  chmodSync(join(packs, name), 0o644);
  writeFileSync(join(packs, name), content);
};

test.each<[string, string, Damage, number]>([
  ['the root tree of main is gone', `${MAIN}^{tree}`, remove, 0],
  ['the root tree of main is cut short', `${MAIN}^{tree}`, cutShort, 1],
  ["a checkpoint's tree is flipped in its pack", `${MAIN}:${shardPath(A1)}`, flipInPack, 1],
  ["a session's tree is gone", `${MAIN}:${shardPath(A1)}/0`, remove, 1],
  ['a tree in the history of main is gone', `${MAIN}~4^{tree}`, remove, 0],
  ['a commit in the history of main is gone', `${MAIN}~4`, remove, 1],
  ["a checkpoint's tree in an archive is cut short", `${archive(1)}:${shardPath(A1)}`, cutShort, 0],
  ['a summary is gone', `${MAIN}:${shardPath(A1)}/metadata.json`, remove, 1],
])('%s: it is stored again', async (_, revision, damage, engineIndex) => {
  const engine = BOTH_ENGINES[engineIndex % BOTH_ENGINES.length] ?? 'native';
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir, git(dir, 'rev-parse', revision));
  const before = refs(dir);
  const planned = await repairIn(dir, engine, { dryRun: true });
  expect(planned.status).toBe('planned');
  expect(gitResult(dir, ['fsck', '--connectivity-only']).status).not.toBe(0);
  const result = await repairIn(dir, engine);
  expect(result).toMatchObject({ status: 'repaired', isWhole: true, left: [] });
  expect(result.mended.map(({ code }) => code).join()).toMatch(/^OBJECT_(GONE|DAMAGED)/);
  expect(refs(dir)).toEqual(before);
  expect((await verifyIn(dir)).counts.errors).toBe(0);
  expect(gitResult(dir, ['rev-list', '--objects', '--all']).status).toBe(0);
});
