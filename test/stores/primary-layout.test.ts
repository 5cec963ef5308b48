import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PrimaryLayout, readPrimaryLayout as readIn } from '../../src/stores/primary-layout.ts';
import { initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { withRepository } from '../migrate/support.ts';

function workTree(shared: unknown, local?: unknown): string {
  const dir = initRepository({ dir: join(tempDir(), 'work') });
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire', 'settings.json'), JSON.stringify(shared));
  if (local !== undefined) writeFileSync(join(dir, '.entire', 'settings.local.json'), JSON.stringify(local));
  return dir;
}

const readPrimaryLayout = (dir: string, env: Readonly<Record<string, string>>): Promise<PrimaryLayout> =>
  withRepository(dir, 'native', (repo) => readIn(repo, env));

const block = (primary?: string, ...mirrors: string[]) => ({
  checkpoints: {
    ...(primary === undefined ? {} : { primary: { type: primary } }),
    ...(mirrors.length === 0 ? {} : { mirrors: mirrors.map((type) => ({ type })) }),
  },
});

describe('readPrimaryLayout', () => {
  it('is V1 where nothing says otherwise', async () => {
    const nothing = { layout: 'v1', source: null, key: null, mirrors: [] };
    expect(await readPrimaryLayout(initRepository({ dir: join(tempDir(), 'bare'), bare: true }), {})).toEqual(nothing);
    expect(await readPrimaryLayout(workTree({ enabled: true }), {})).toEqual(nothing);
  });

  it('reads the block of the shared file', async () => {
    expect(await readPrimaryLayout(workTree(block('git-refs', 'git-branch')), {})).toEqual({
      layout: 'refs',
      source: '.entire/settings.json',
      key: 'checkpoints.primary',
      mirrors: ['v1'],
    });
  });

  it('takes the whole block of the local file for that of the shared one, its mirrors too', async () => {
    const dir = workTree(block('git-refs', 'git-branch'), block('git-branch'));
    expect(await readPrimaryLayout(dir, {})).toMatchObject({
      layout: 'v1',
      source: '.entire/settings.local.json',
      mirrors: [],
    });
    const bare = workTree(block('git-refs'), block());
    expect(await readPrimaryLayout(bare, {})).toMatchObject({ layout: 'v1', source: '.entire/settings.local.json' });
  });

  it('takes the environment for the block of the files, and spaces around a name for nothing', async () => {
    const dir = workTree(block('git-branch', 'git-refs'));
    expect(await readPrimaryLayout(dir, { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' })).toMatchObject({
      layout: 'refs',
      source: 'ENTIRE_CHECKPOINTS_PRIMARY',
      mirrors: [],
    });
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs', ENTIRE_CHECKPOINTS_MIRRORS: 'git-branch, something' };
    expect((await readPrimaryLayout(dir, env)).mirrors).toEqual(['v1']);
    expect(await readPrimaryLayout(dir, { ENTIRE_CHECKPOINTS_PRIMARY: '' })).toMatchObject({ layout: 'v1' });
  });

  it('is V2 where it is written alone and no block says otherwise', async () => {
    const options = { strategy_options: { checkpoints_version: 2 } };
    expect(await readPrimaryLayout(workTree(options), {})).toMatchObject({
      layout: 'v2',
      source: '.entire/settings.json',
      key: 'strategy_options.checkpoints_version',
    });
    expect(await readPrimaryLayout(workTree({ ...options, ...block('git-refs') }), {})).toMatchObject({
      layout: 'refs',
    });
  });

  it('refuses a file that is not JSON', async () => {
    const dir = workTree({});
    writeFileSync(join(dir, '.entire', 'settings.json'), '{');
    await expect(readPrimaryLayout(dir, {})).rejects.toThrow(/can't be read/);
  });
});
