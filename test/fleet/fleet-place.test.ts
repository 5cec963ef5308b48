import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlace } from '../../src/fleet/fleet-place.ts';
import { readFleet } from '../../src/fleet/read-fleet.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';

describe('parsePlace', () => {
  it.each([
    ['a/b', 'a/b', 'path', '/base/a/b'],
    ['../b.git/', '../b.git', 'path', '/b.git'],
    ['/', '/', 'path', '/'],
    ['./host:x', './host:x', 'path', '/base/host:x'],
    ['https://ann:s3cret@host/x.git', 'https://host/x.git', 'url', 'https://ann:s3cret@host/x.git'],
    ['git@host:x.git', 'git@host:x.git', 'url', 'git@host:x.git'],
    ['FILE:///x', 'FILE:///x', 'url', 'FILE:///x'],
  ])('%s is called %s', (line, name, kind, at) => {
    expect(parsePlace(line, '/base')).toEqual({ name, kind, at });
  });

  it.each([
    'ext::sh -c touch% x',
    'EXT::x',
    'fd::3',
    'transport::https://host/x',
    'ext://x',
    'javascript://x',
    '--upload-pack=touch x',
    '-x',
  ])('%s is refused', (line) => {
    expect(() => parsePlace(line, '/base')).toThrow(expect.objectContaining({ code: 'FLEET_URL_REFUSED' }));
  });

  it('says no password where it refuses', () => {
    expect(() => parsePlace('ftp://ann:s3cret@host/x', '/')).toThrow(/^ftp:\/\/host\/x is not cloned/);
  });
});

describe('readFleet', () => {
  it('takes each repository of a list once, from the folder of the list', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'a'));
    symlinkSync('a', join(dir, 'b'));
    const list = join(dir, 'fleet.txt');
    const urls = ['https://x:y@host/r', 'https://host/r'];
    writeFileSync(list, ['# all', '', ' a ', 'b', './a', join(dir, 'a'), ...urls, '\r'].join('\n'));
    const names = (await readFleet({ list })).map(({ name }) => name);
    expect(names).toEqual(['a', 'https://host/r']);
  });

  it('finds work trees and bare repositories below a folder, each once, and none inside of another', async () => {
    const dir = tempDir();
    git(dir, 'init', '--quiet', 'host/team/one');
    git(dir, 'init', '--quiet', '--bare', 'two.git');
    git(dir, 'init', '--quiet', 'host/team/one/inner');
    git(dir, 'init', '--quiet', 'node_modules/three');
    mkdirSync(join(dir, 'four'));
    writeFileSync(join(dir, 'four/.git'), 'gitdir: ../two.git\n');
    symlinkSync('host', join(dir, 'link'));
    const names = (await readFleet({ dir })).map(({ name }) => name);
    expect(names).toEqual(['four', 'host/team/one']);
  });

  it('takes a repository with linked work trees once, by its main one where that is named', async () => {
    const dir = tempDir();
    initRepository({ dir: join(dir, 'src/main') });
    git(join(dir, 'src/main'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
    for (const path of ['../a-feature', '../z-feature', '../../outside/one', '../../outside/two'])
      git(join(dir, 'src/main'), 'worktree', 'add', '--quiet', '--detach', path);
    const names = async (...lines: string[]) => {
      writeFileSync(join(dir, 'fleet.txt'), lines.join('\n'));
      return (await readFleet({ list: join(dir, 'fleet.txt') })).map(({ name }) => name);
    };
    expect((await readFleet({ dir: join(dir, 'src') })).map(({ name }) => name)).toEqual(['main']);
    expect(await readFleet({ dir: join(dir, 'outside') })).toHaveLength(1);
    expect(await names('outside/two', 'src/main', 'src/a-feature')).toEqual(['src/main']);
    expect(await names('outside/two', 'outside/one')).toEqual(['outside/two']);
    expect(await names('src/main/.git', 'src/a-feature', 'src')).toEqual(['src', 'src/main/.git']);
  });

  it('fails where there are none', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'fleet.txt'), '# none\n');
    await expect(readFleet({ list: join(dir, 'fleet.txt') })).rejects.toMatchObject({ code: 'NO_REPOSITORIES' });
    await expect(readFleet({ dir })).rejects.toMatchObject({ code: 'NO_REPOSITORIES' });
    await expect(readFleet({ dir: join(dir, 'absent') })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(readFleet({ list: join(dir, 'absent') })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
