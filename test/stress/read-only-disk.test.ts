import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { tempDir } from '../fixtures/temp.ts';

// A real file system that can only be read. Only root may mount one: skipped elsewhere.
const disk = tempDir('file');
const dir = join(disk, 'repo');
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status === 0;

beforeAll(() => {
  if (!isMounted) return;
  ckpt(['sample', dir]);
  spawnSync('mount', ['-o', 'remount,ro', disk]);
});

afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
});

test
  .skipIf(!isMounted)
  .each([
    'migrate --engine native',
    'migrate --engine isomorphic',
    'migrate --to refs --engine isomorphic',
    'hooks install',
    `export 1ba10412649a --output ${disk}/new/folder`,
    `verify --format json --output ${disk}/new/report.json`,
    `sample ${disk}/new/sample`,
  ])('ckpt %s says that the file system can only be read', (command) => {
  const { code, stdout, stderr } = ckpt(command.split(' '), { cwd: dir });
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/read-only file system/i) });
  expect(stdout + stderr).not.toMatch(/bug in ckpt|ENOENT/);
});
