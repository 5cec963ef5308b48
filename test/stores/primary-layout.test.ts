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
    const nothing = { layout: 'v1', source: null, key: null, mirrors: [], unknown: [] };
    expect(await readPrimaryLayout(initRepository({ dir: join(tempDir(), 'bare'), bare: true }), {})).toEqual(nothing);
    expect(await readPrimaryLayout(workTree({ enabled: true }), {})).toEqual(nothing);
  });

  it('reads the block of the shared file', async () => {
    expect(await readPrimaryLayout(workTree(block('git-refs', 'git-branch')), {})).toEqual({
      layout: 'refs',
      source: '.entire/settings.json',
      key: 'checkpoints.primary',
      mirrors: ['v1'],
      unknown: [],
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

  const OBJECTS = '{"type": "git-branch"} (V1) or {"type": "git-refs"} (git-refs)';
  const WORDS = 'git-branch (V1) or git-refs (git-refs)';
  it.each([
    ['a text', { checkpoints: { primary: 'git-refs' } }, `checkpoints.primary in .entire/settings.json is "git-refs"`],
    ['another type', block('nonsense'), `checkpoints.primary in .entire/settings.json is {"type":"nonsense"}`],
    ['no type', { checkpoints: { primary: {} } }, 'checkpoints.primary in .entire/settings.json is {}'],
    [
      'a list',
      { checkpoints: { primary: ['git-refs'] } },
      'checkpoints.primary in .entire/settings.json is ["git-refs"]',
    ],
  ])('says of a primary layout that is not known where it is, and what there is: %s', async (_, shared, where) => {
    const { layout, unknown } = await readPrimaryLayout(workTree(shared), {});
    expect(layout).toBe('v1');
    expect(unknown).toEqual([`${where}, which is not known: it can be ${OBJECTS}; V1 counts as primary`]);
  });

  it.each([
    [
      { checkpoints: 'git-refs' },
      'checkpoints in .entire/settings.json is "git-refs", which is not known: it can be an object',
    ],
    [
      { strategy_options: { checkpoints_version: 3 } },
      'strategy_options.checkpoints_version in .entire/settings.json is 3, which is not known: it can be 1 or 2',
    ],
    [
      { checkpoints: { mirrors: ['git-refs', { type: 'git-refs' }] } },
      `checkpoints.mirrors in .entire/settings.json is "git-refs", which is not known: it can be ${OBJECTS}`,
    ],
  ])('says the same of the block, the version and a mirror: %j', async (shared, message) => {
    expect((await readPrimaryLayout(workTree(shared), {})).unknown).toEqual([message]);
  });

  it('says it of the environment, and then not of the file that it replaces', async () => {
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'nonsense', ENTIRE_CHECKPOINTS_MIRRORS: 'git-branch,other' };
    expect((await readPrimaryLayout(workTree(block('bad')), env)).unknown).toEqual([
      `ENTIRE_CHECKPOINTS_PRIMARY is "nonsense", which is not known: it can be ${WORDS}; V1 counts as primary`,
      `ENTIRE_CHECKPOINTS_MIRRORS is "other", which is not known: it can be ${WORDS}`,
    ]);
  });

  it.each([{ checkpoints: {} }, { checkpoints: { primary: null, mirrors: null } }, { checkpoints: null }, {}])(
    'has nothing to say where nothing is set: %j',
    async (shared) => expect((await readPrimaryLayout(workTree(shared), {})).unknown).toEqual([]),
  );

  it('refuses a file that is not JSON', async () => {
    const dir = workTree({});
    writeFileSync(join(dir, '.entire', 'settings.json'), '{');
    await expect(readPrimaryLayout(dir, {})).rejects.toThrow(/can't be read/);
  });
});
