import { appendFileSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FleetRow } from '../../src/fleet/fleet-row.ts';
import { openReport } from '../../src/fleet/report-folder.ts';
import { tempDir } from '../fixtures/temp.ts';

const SUBJECT = { command: 'verify', words: ['--deep'] } as const;

function row(name: string): FleetRow {
  const fixed = { kind: 'path', command: 'verify', standing: 'consistent', grade: 'good', detail: '' } as const;
  const startedAt = '2026-01-02T03:04:05.678Z';
  return { ...fixed, name, checkpointCount: 1, exitCode: 0, errorCode: null, startedAt, durationMs: 5 };
}

const open = (dir: string, shard?: { index: number; total: number }) => openReport(dir, SUBJECT, shard);

it('goes on after a line that was cut off, of any length', async () => {
  const dir = join(tempDir(), 'new/report');
  const first = await open(dir);
  await Promise.all([first.add(row('a'), { text: 'x'.repeat(200_000) }), first.add(row('b'), null)]);
  await first.close();
  const file = join(dir, 'results.jsonl');
  const whole = readFileSync(file, 'utf8');
  for (const piece of ['{', whole.split('\n', 1)[0]?.slice(0, -1) ?? '']) {
    appendFileSync(file, piece);
    const again = await open(dir);
    expect([...again.done.keys()]).toEqual(['a', 'b']);
    await again.close();
    expect(readFileSync(file, 'utf8')).toBe(whole);
  }
  const last = await open(dir);
  await last.add(row('c'), null);
  await last.close();
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
});

it('has a file for each shard, and knows what the others have done', async () => {
  const dir = tempDir();
  const [one, two] = [await open(dir, { index: 1, total: 2 }), await open(dir, { index: 2, total: 2 })];
  await one.add(row('a'), null);
  await two.add(row('b'), null);
  await one.close();
  const again = await open(dir, { index: 1, total: 3 });
  expect([...again.done.keys()].sort()).toEqual(['a', 'b']);
  await Promise.all([again.close(), two.close()]);
});

it('refuses a report of another command, and leaves it', async () => {
  const dir = tempDir();
  await (await open(dir)).close();
  await expect(openReport(dir, { command: 'verify', words: [] }, undefined)).rejects.toMatchObject({
    code: 'FLEET_REPORT_DIFFERS',
  });
});

it('refuses a second run, and follows one that is dead', async () => {
  const dir = tempDir();
  const first = await open(dir);
  await expect(open(dir)).rejects.toMatchObject({ code: 'FLEET_REPORT_IN_USE' });
  await first.close();
  // Of this machine, and of another one that has been silent for two minutes; then one that has not.
  const before = new Date(Date.now() - 120_000);
  writeFileSync(join(dir, 'results.jsonl.1-1-abc@elsewhere'), '');
  utimesSync(join(dir, 'results.jsonl.1-1-abc@elsewhere'), before, before);
  await (await open(dir)).close();
  expect(readdirSync(dir).sort()).toEqual(['fleet.json', 'results.jsonl']);
  writeFileSync(join(dir, 'results.jsonl.1-1-abc@elsewhere'), '');
  await expect(open(dir)).rejects.toMatchObject({ code: 'FLEET_REPORT_IN_USE' });
});

it('says which file cannot be written', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'file'), '');
  await expect(open(join(dir, 'file'))).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
});
