import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newLockOwner } from '../../src/git/lock-owner.ts';
import { replaceFile } from '../../src/git/replace-file.ts';
import { tempDir } from '../fixtures/temp.ts';

/** Names as a killed process, a running one and somebody else leave them. */
const running = `.ckpt-${newLockOwner()}`;
const dead = running.replace(/^(\.ckpt-\d+)-\d+/, '$1-1');

test('what killed processes have left goes, what others write stays', async () => {
  const dir = tempDir();
  for (const name of [running, dead, '.ckpt-notes', 'file']) writeFileSync(join(dir, name), 'old');
  const folder = join(dir, dead.replace('@', '0@'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'inside'), '');
  await replaceFile(join(dir, 'file'), async (fresh) => writeFileSync(fresh, 'new'));
  expect(readdirSync(dir).sort()).toEqual([running, '.ckpt-notes', 'file'].sort());
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('new');
});

test('the old file stays, and nothing else, where writing fails', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'file'), 'old');
  const failing = replaceFile(join(dir, 'file'), async (fresh) => {
    writeFileSync(fresh, 'half');
    throw new Error('full');
  });
  await expect(failing).rejects.toThrow('full');
  expect(readdirSync(dir)).toEqual(['file']);
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('old');
});
