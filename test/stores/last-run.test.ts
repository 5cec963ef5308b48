import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LastRun, readLastRun, recordRun } from '../../src/stores/last-run.ts';
import { tempDir } from '../fixtures/temp.ts';

const notShared = (commonDir: string) => ({ commonDir, config: async () => undefined });

const RUN: LastRun = { at: '2025-03-03T09:00:00.000Z', outcome: 'ok', durationMs: 85 };

describe('the note of the last run', () => {
  it('is read as it was written, the newest one, and leaves no other file', async () => {
    const dir = tempDir();
    expect(await readLastRun(dir)).toBeUndefined();
    await recordRun(notShared(dir), { ...RUN, outcome: 'timeout' });
    await recordRun(notShared(dir), RUN);
    expect(await readLastRun(dir)).toEqual(RUN);
    expect(readdirSync(join(dir, 'ckpt'))).toEqual(['last-run.json']);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"at":"yesterday","outcome":"ok","durationMs":1}',
    '{"at":"2025-03-03T09:00:00Z","outcome":"odd","durationMs":1}',
    '{"at":"2025-03-03T09:00:00Z","outcome":"ok","durationMs":"1"}',
    '{"at":"2025-03-03T09:00:00Z","outcome":"ok","durationMs":-1}',
  ])('counts as absent where it makes no sense: %s', async (content) => {
    const dir = tempDir();
    mkdirSync(join(dir, 'ckpt'));
    writeFileSync(join(dir, 'ckpt/last-run.json'), content);
    expect(await readLastRun(dir)).toBeUndefined();
  });

  it.runIf(process.platform !== 'win32')('is for whom core.sharedRepository names, its folder too', async () => {
    const dir = tempDir();
    await recordRun({ commonDir: dir, config: async () => 'group' }, RUN);
    const mode = (path: string) => (statSync(join(dir, path)).mode & 0o2060).toString(8);
    expect([mode('ckpt'), mode('ckpt/last-run.json')]).toEqual(['2060', '60']);
  });

  it('is given up quietly where it cannot be written', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'ckpt'), 'in the way');
    await recordRun(notShared(dir), RUN);
    expect(await readLastRun(dir)).toBeUndefined();
  });
});
