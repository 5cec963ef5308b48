import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { startCkpt } from './run-ckpt.ts';

const dir = tempDir('file');
const NAMES = ['a.git', 'b.git', 'c.git', 'd.git', 'e.git'];
const fleet = (...args: string[]) => startCkpt(dir, ['fleet', ...args]).ended;

beforeAll(async () => {
  expect((await startCkpt(dir, ['sample', 'fleet/a.git']).ended).code).toBe(0);
  for (const name of NAMES.slice(1)) cpSync(join(dir, 'fleet/a.git'), join(dir, 'fleet', name), { recursive: true });
});

it('plan, shards in one folder and in several, merge', async () => {
  const plan = await fleet('plan', '--dir', 'fleet', '--shards', '3', '--json');
  const { shards, matrix } = JSON.parse(plan.stdout);
  expect(shards.flatMap((one: { repositories: string[] }) => one.repositories).sort()).toEqual(NAMES);
  const printed = await fleet('plan', '--dir', 'fleet', '--shards', '3', '--matrix');
  expect(printed.stdout).toBe(`${JSON.stringify(matrix)}\n`);

  for (const index of [0, 1, 2]) {
    const env = { JOB_COMPLETION_INDEX: String(index) };
    const args = ['fleet', 'status', '--dir', 'fleet', '--shard', 'auto/3', '--report', index === 0 ? 'one' : 'two'];
    expect((await startCkpt(dir, args, env).ended).code).toBe(0);
  }
  expect(readdirSync(join(dir, 'two')).sort()).toEqual(['fleet.json', 'results-2-of-3.jsonl', 'results-3-of-3.jsonl']);
  const merged = await fleet('merge', 'one', 'two', '--report', 'all', '--json');
  const { repositories, repeatedCount } = JSON.parse(merged.stdout);
  expect({ code: merged.code, repeatedCount }).toEqual({ code: 0, repeatedCount: 0 });
  expect(repositories.map(({ name }: { name: string }) => name)).toEqual(NAMES);
  expect(JSON.parse(readFileSync(join(dir, 'all/report.json'), 'utf8')).repositories).toEqual(repositories);
  expect(readFileSync(join(dir, 'all/report.html'), 'utf8')).toContain('<svg');
  expect(readFileSync(join(dir, 'all/report.md'), 'utf8')).toContain('`not-migrated`');
});

it('merge refuses what is no report, and reports of several commands', async () => {
  expect(await fleet('merge', 'fleet')).toMatchObject({ code: 3, stderr: expect.stringContaining('no report') });
  expect((await fleet('verify', '--dir', 'fleet', '--shard', '1/3', '--report', 'verified')).code).toBeLessThan(2);
  expect((await fleet('merge', 'one', 'verified')).code).toBe(2);
});
