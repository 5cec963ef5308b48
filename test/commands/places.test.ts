import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { git, initRepository } from '../fixtures/git.ts';
import { A, A2, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ckpt } from './ckpt.ts';

const OUTSIDE = '/home/ann/notes.md';
let dir = '';

beforeAll(() => {
  dir = realpathSync(initRepository({ dir: tempDir('file') }));
  const v1 = new V1Builder();
  for (const [id, file] of [
    [A, 'src/a b.c'],
    [A2, 'README.md'],
    [B, OUTSIDE],
  ] as const) {
    v1.checkpoint(id, { sessions: [{ fields: { files_touched: [file] } }] });
  }
  v1.write(dir);
  mkdirSync(join(dir, 'src'));
  for (const [message, text] of [
    ['By hand', 'one\n'],
    ['Gone\n\nEntire-Checkpoint: ffffffffffff', 'one\ntwo\n'],
  ] as const) {
    writeFileSync(join(dir, 'src/a b.c'), text);
    git(dir, 'add', '-A');
    git(dir, 'commit', '-qm', message);
  }
});

/** The checkpoints that touched what `--file` names, as a user in a folder of the repository gives it. */
function touched(folder: string, file: string, ...more: string[]): string[] {
  const { stdout } = ckpt(['list', '--file', file, '--json', ...more], { cwd: join(dir, folder) });
  return JSON.parse(stdout).checkpoints.map(({ checkpoint }: { checkpoint: string }) => checkpoint);
}

describe('ckpt list --file', () => {
  it.each([
    ['', 'src/a b.c', [A]],
    ['', './src/', [A]],
    ['src', 'a b.c', [A]],
    ['src', '*.c', [A]],
    ['src', '.', [A]],
    ['src', '../READ*', [A2]],
    ['src', 'README.md', []],
    ['', OUTSIDE, [B]],
  ])('takes a path from the folder that somebody is in: in "%s", %s', (folder, file, ids) => {
    expect(touched(folder, file)).toEqual(ids);
  });

  it('takes an absolute one, all of the work tree, and one from the folder that -C names', () => {
    expect(touched('', join(dir, 'src'))).toEqual([A]);
    expect(touched('', '.').sort()).toEqual([A, A2, B].sort());
    expect(touched('', 'a b.c', '-C', join(dir, 'src'))).toEqual([A]);
  });
});

describe('ckpt show --at', () => {
  const at = (place: string) => ckpt(['show', '--at', place], { cwd: join(dir, 'src') });

  it('sends to a list that has the checkpoints, where no checkpoint wrote a line', () => {
    const { code, stderr } = at('a b.c:1');
    expect(code).toBe(1);
    expect(stderr).toContain(`hint: Checkpoints that touched a file: ckpt list --file '${join(dir, 'src/a b.c')}'\n`);
    expect(touched('src', join(dir, 'src/a b.c'))).toEqual([A]);
  });

  it('says which checkpoint is not here, and what names it', () => {
    expect(at('a b.c:2').stderr).toContain(
      `: there is no checkpoint ffffffffffff on refs/heads/entire/checkpoints/v1; ${join(dir, 'src/a b.c')}:2 names it\n`,
    );
  });

  it('counts lines from 1', () => {
    expect(at('a b.c:0')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'ckpt show: --at names line 0\nhint: Lines count from 1.\n',
    });
  });

  it('passes over the commits of a blame.ignoreRevsFile, from wherever it is asked', () => {
    const file = join(dir, 'src/a b.c');
    git(dir, 'config', 'blame.ignoreRevsFile', '.ignored');
    onTestFinished(() => {
      git(dir, 'config', '--unset', 'blame.ignoreRevsFile');
    });
    const outside = () => ckpt(['show', '--at', `${file}:2`, '-C', dir], { cwd: join(dir, '..') }).stderr;
    expect(outside()).toContain('could not open object name list: .ignored');
    expect(outside()).toContain('hint: See where that file is named: git ');
    writeFileSync(join(dir, '.ignored'), '');
    onTestFinished(() => rmSync(join(dir, '.ignored')));
    expect(outside()).toContain(`; ${file}:2 names it\n`);
    expect(at('a b.c:2').stderr).toContain(`; ${file}:2 names it\n`);
  });

  it('says why a place has no line', () => {
    const why = (place: string) => {
      const { code, stderr } = at(place);
      expect(code).toBe(3);
      return stderr.replace(/^repository: .*\n/m, '').replace(/^ckpt show: reading [^:]*(?::\d+)?: /, '');
    };
    const folder = (path: string) =>
      `${path} can't be looked up in HEAD: it is a folder\nhint: Name a file in it. Checkpoints that touched its files: ckpt list --file ${path}\n`;
    expect(why('.')).toBe(folder(join(dir, 'src')));
    expect(why('..')).toBe(folder(dir));
    expect(why('nowhere')).toContain(`${join(dir, 'src/nowhere')} can't be looked up in HEAD: HEAD has no such file\n`);
    expect(why('/')).toContain("/ can't be looked up in HEAD: it is outside of this repository\n");
    expect(why('a b.c:99')).toMatch(/^line 99 of .*a b\.c can't be looked up in HEAD: the file ends with line \d+\n/);
  });
});
