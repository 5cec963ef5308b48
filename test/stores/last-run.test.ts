import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LastRun, readLastRun, recordRun } from '../../src/stores/last-run.ts';
import { tempDir } from '../fixtures/temp.ts';

const RUN: LastRun = { at: '2025-03-03T09:00:00.000Z', outcome: 'ok', durationMs: 85 };

describe('the note of the last run', () => {
  it('is read as it was written, the newest one, and leaves no other file', async () => {
    const dir = tempDir();
    expect(await readLastRun(dir)).toBeUndefined();
    await recordRun(dir, { ...RUN, outcome: 'timeout' });
    await recordRun(dir, RUN);
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

  it('is given up quietly where it cannot be written', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'ckpt'), 'in the way');
    await recordRun(dir, RUN);
    expect(await readLastRun(dir)).toBeUndefined();
  });
});
