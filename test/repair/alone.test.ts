import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FindingCode, kindOf } from '../../src/verify/finding.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, initRepository, refs } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { fetchIn } from '../remote/team.ts';
import { editTip } from '../verify/damage.ts';
import { repairIn, verifyIn } from './support.ts';

const MANIFEST = 'refs/entire/checkpoints/v2/generations';
const FULL = 'refs/entire/checkpoints/v2/full/';
const FIRST = '0000000000001.json';
const archive = (number: number) => `${FULL}000000000000${number}`;
const remove = (dir: string, ref: string) => git(dir, 'update-ref', '-d', ref);
const good = join(tempDir('file'), 'good');
const told = (dir: string) => `${git(dir, 'cat-file', 'blob', `${MANIFEST}:${FIRST}`)}\n`;

beforeAll(async () => {
  initRepository({ dir: good });
  for (const word of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']) clientWrite(good, { id: idOf(word) });
  await migrateIn(good, { maxCheckpoints: 3, sizeRecord: { maxCheckpoints: 3, revision: 1 } });
  remove(good, V1_REF);
});

function damaged(damage: (dir: string) => unknown): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir);
  return dir;
}

type Case = readonly [FindingCode, (dir: string) => unknown];

const MADE_AGAIN: readonly Case[] = [
  ['MANIFEST_WRONG', (dir) => editTip(dir, MANIFEST, { [FIRST]: told(dir).replace('2025', '2024') })],
  ['MANIFEST_UNREADABLE', (dir) => editTip(dir, MANIFEST, { [FIRST]: '[' })],
  ['MANIFEST_INCOMPLETE', (dir) => editTip(dir, MANIFEST, { [FIRST]: null })],
  ['MANIFEST_MISSING', (dir) => remove(dir, MANIFEST)],
  ['GENERATION_JSON_MISSING', (dir) => editTip(dir, archive(2), { 'generation.json': null })],
  ['GENERATION_JSON_WRONG', (dir) => editTip(dir, archive(2), { 'generation.json': '{}' })],
  ['GENERATION_JSON_MISPLACED', (dir) => editTip(dir, `${FULL}current`, { 'generation.json': '{}' })],
];

describe.each(ENGINES)('a V2 whose V1 is gone: %s', (engine) => {
  test.each(MADE_AGAIN)('%s: what follows from V2 itself is made again, as verify says', async (code, damage) => {
    const dir = damaged(damage);
    const [finding] = (await verifyIn(dir)).findings.filter(({ severity }) => severity !== 'note');
    expect(finding?.code).toBe(code);
    expect(kindOf(code, finding).remedy).toContain('`ckpt repair`');
    const planned = await repairIn(dir, engine, { dryRun: true });
    const result = await repairIn(dir, engine);
    expect(result).toMatchObject({ status: 'repaired', isWhole: true, left: [], mended: [{ code, count: 1 }] });
    expect(planned.refs).toEqual(result.refs);
    expect((await verifyIn(dir)).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const trees = (of: string) => Object.keys(refs(of, 'refs/')).map((ref) => git(of, 'rev-parse', `${ref}^{tree}`));
    const isOfManifest = (id: string) => id === git(good, 'rev-parse', `${MANIFEST}^{tree}`);
    // A manifest that is gone had the size of generations in it.
    const wanted = trees(good).filter((id) => code !== 'MANIFEST_MISSING' || !isOfManifest(id));
    expect(trees(dir)).toEqual(expect.arrayContaining(wanted));
  });

  test('what an archive was that is not here is not forgotten with an entry that can not be read', async () => {
    const dir = damaged((dir) => {
      remove(dir, archive(1));
      editTip(dir, MANIFEST, { [FIRST]: '[' });
    });
    const { status, left } = await repairIn(dir, engine);
    expect(status).toBe('nothing-mended');
    const { remedy } = left.find(({ finding }) => finding.code === 'MANIFEST_UNREADABLE') ?? {};
    const command = /`(git .*)`/.exec(remedy ?? '')?.[1]?.replace('PATH-OR-URL', good);
    git(dir, ...(command?.split(' ').slice(1) ?? []));
    await fetchIn(dir, { remote: good }, 'native');
    expect(refs(dir, 'refs/entire/')).toEqual(refs(good, 'refs/entire/'));
  });
});

const ELSEWHERE: readonly Case[] = [
  ['GENERATION_LOST', (dir) => remove(dir, archive(1))],
  ['CURRENT_MISSING', (dir) => remove(dir, `${FULL}current`)],
];

test.each(ELSEWHERE)('%s: verify and repair say the command that brings it', async (code, damage) => {
  const dir = damaged(damage);
  const { left, status } = await repairIn(dir, 'native');
  expect([status, left[0]?.finding.code]).toEqual(['nothing-mended', code]);
  expect(left[0]?.remedy).toContain('`ckpt fetch PATH-OR-URL`');
  expect(kindOf(code, left[0]?.finding).remedy).toBe(left[0]?.remedy);
  await fetchIn(dir, { remote: good });
  expect(refs(dir, 'refs/entire/')).toEqual(refs(good, 'refs/entire/'));
});
