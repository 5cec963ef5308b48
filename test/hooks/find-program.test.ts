import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { findProgram } from '../../src/hooks/find-program.ts';
import { tempDir } from '../fixtures/temp.ts';

it('knows a ckpt on the PATH from one that npm put there for this process', async () => {
  const dir = tempDir();
  const put = (folder: string, mode: number): string => {
    mkdirSync(join(dir, folder), { recursive: true });
    writeFileSync(join(dir, folder, 'ckpt'), '');
    chmodSync(join(dir, folder, 'ckpt'), mode);
    return join(dir, folder);
  };
  const none = [put('no-program', 0o644), put('x/node_modules/.bin', 0o755), join(dir, 'absent')];
  const find = (folders: string[]) =>
    findProgram({ script: '/a/../bin/ckpt', node: '/n/bin/node', env: { PATH: folders.join(delimiter) } });
  expect(await find(none)).toEqual({ path: '/bin/ckpt', node: '/n/bin/node', onPath: false });
  expect(await find([...none, '', put('bin', 0o755)])).toMatchObject({ onPath: true });
  expect(await findProgram({ script: '/ckpt', node: '/ckpt', env: {} })).toMatchObject({
    path: '/ckpt',
    node: undefined,
  });
  expect(await findProgram({ script: 'ckpt', node: 'node', env: {} })).toMatchObject({ onPath: false });
});
