import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings as readIn, type Settings } from '../../src/stores/settings.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { withRepository } from '../migrate/support.ts';

const DEFAULTS = { mode: 'v1', fullCurrentMode: 'accumulate', pushV2Refs: false, retentionDays: 14 };

function workTree(shared?: unknown, local?: unknown): string {
  const dir = initRepository({ dir: join(tempDir(), 'work') });
  mkdirSync(join(dir, '.entire'));
  const write = (name: string, value: unknown) => {
    if (value === undefined) return;
    writeFileSync(join(dir, '.entire', name), typeof value === 'string' ? value : JSON.stringify(value));
  };
  write('settings.json', shared);
  write('settings.local.json', local);
  return dir;
}

const readSettings = (dir: string, engine: 'native' | 'isomorphic' = 'native'): Promise<Settings> =>
  withRepository(dir, engine, readIn);

const options = (strategy_options: unknown) => ({ enabled: true, strategy_options });

describe('readSettings', () => {
  it.each<[string, unknown]>([
    ['no file', undefined],
    ['an empty object', {}],
    ['no options', options(undefined)],
    ['null for options', options(null)],
    ['values of other types', options({ checkpoints_v2: 'true', full_current_mode: 1, push_v2_refs: 1 })],
    ['a negative number of days', options({ full_transcript_generation_retention_days: -1 })],
    ['the flag off', options({ checkpoints_v2: false })],
    ['version 1', options({ checkpoints_version: 1 })],
  ])('gives the defaults for %s', async (_, shared) => {
    expect(await readSettings(workTree(shared))).toEqual(DEFAULTS);
  });

  it('gives the defaults without a work tree, or without the folder', async () => {
    expect(await readSettings(initRepository({ dir: join(tempDir(), 'bare'), bare: true }))).toEqual(DEFAULTS);
    expect(await readSettings(initRepository({ dir: join(tempDir(), 'work') }))).toEqual(DEFAULTS);
  });

  it('reads all of them', async () => {
    const shared = {
      checkpoints_v2: true,
      push_v2_refs: true,
      full_current_mode: 'replace',
      full_transcript_generation_retention_days: 0,
    };
    const expected = { mode: 'dual', fullCurrentMode: 'replace', pushV2Refs: true, retentionDays: 0 };
    expect(await readSettings(workTree(options(shared)))).toEqual(expected);
  });

  it.each([2, '2'])('takes version %j as V2 alone, whatever the flag says', async (checkpoints_version) => {
    const settings = await readSettings(workTree(options({ checkpoints_version, checkpoints_v2: false })));
    expect(settings.mode).toBe('v2');
  });

  it('lets the local file override single options, in both directions', async () => {
    const shared = options({ checkpoints_v2: true, push_v2_refs: true });
    expect(await readSettings(workTree(shared, options({ checkpoints_v2: false })))).toEqual({
      ...DEFAULTS,
      pushV2Refs: true,
    });
    expect((await readSettings(workTree(undefined, options({ checkpoints_v2: true })))).mode).toBe('dual');
  });

  it.each(['{', '', '[]', '"x"', 'null'])('fails where a file holds %j', async (text) => {
    const failure = expect(readSettings(workTree(options({}), text))).rejects;
    await failure.toMatchObject({ code: 'BAD_SETTINGS', message: expect.stringContaining('settings.local.json') });
  });

  it('fails where a file is a folder', async () => {
    const dir = initRepository({ dir: join(tempDir(), 'work') });
    mkdirSync(join(dir, '.entire', 'settings.json'), { recursive: true });
    await expect(readSettings(dir)).rejects.toMatchObject({ code: 'BAD_SETTINGS' });
  });
});

const ENGINES = ['native', 'isomorphic'] as const;

describe.each(ENGINES)('%s: a work tree without the shared file that HEAD has', (engine) => {
  /** Says that V2 is written besides, in a commit. */
  function committed(): string {
    const dir = workTree(options({ checkpoints_v2: true }));
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'src', 'a.ts'), 'a');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'Settings');
    return dir;
  }

  it.each<[string, (dir: string) => void]>([
    ['a sparse checkout by folders', (dir) => git(dir, 'sparse-checkout', 'set', '--cone', 'src')],
    ['a sparse checkout by patterns', (dir) => git(dir, 'sparse-checkout', 'set', '--no-cone', '/src/')],
    ['a sparse index', (dir) => git(dir, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'src')],
    [
      'a file that git is told to leave out',
      (dir) => {
        git(dir, 'update-index', '--skip-worktree', '.entire/settings.json');
        rmSync(join(dir, '.entire'), { recursive: true });
      },
    ],
  ])('%s: HEAD counts', async (_, leaveOut) => {
    const dir = committed();
    leaveOut(dir);
    expect(existsSync(join(dir, '.entire/settings.json'))).toBe(false);
    expect((await readSettings(dir, engine)).mode).toBe('dual');
  });

  it('a clone without a checkout: HEAD counts', async () => {
    const clone = join(tempDir(), 'clone');
    git(tempDir(), 'clone', '-q', '--no-checkout', committed(), clone);
    expect((await readSettings(clone, engine)).mode).toBe('dual');
  });

  it('the local file still goes before it', async () => {
    const dir = committed();
    git(dir, 'sparse-checkout', 'set', '--cone', 'src');
    mkdirSync(join(dir, '.entire'), { recursive: true });
    writeFileSync(join(dir, '.entire/settings.local.json'), JSON.stringify(options({ checkpoints_v2: false })));
    expect((await readSettings(dir, engine)).mode).toBe('v1');
  });

  it('fails, with the command that helps, where the object is not here', async () => {
    const origin = committed();
    git(origin, 'config', 'uploadpack.allowFilter', 'true');
    const clone = join(tempDir(), 'clone');
    git(tempDir(), 'clone', '-q', '--filter=blob:none', '--sparse', `file://${origin}`, clone);
    renameSync(origin, `${origin}.away`);
    await expect(readSettings(clone, engine)).rejects.toMatchObject({
      code: 'BAD_SETTINGS',
      hint: ['Fetch it: ', ['git', 'cat-file', '-e', 'HEAD:.entire/settings.json']],
    });
    renameSync(`${origin}.away`, origin);
    git(clone, 'cat-file', '-e', 'HEAD:.entire/settings.json');
    expect((await readSettings(clone, engine)).mode).toBe('dual');
  });

  it('a file in HEAD that is not a JSON object fails as one on disk does', async () => {
    const dir = workTree('[]');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'Settings');
    rmSync(join(dir, '.entire'), { recursive: true });
    const message = expect.stringContaining("HEAD:.entire/settings.json can't be read");
    await expect(readSettings(dir, engine)).rejects.toMatchObject({ code: 'BAD_SETTINGS', message });
  });

  it("a linked work tree without a local file has the main one's", async () => {
    const dir = committed();
    const local = join(dir, '.entire/settings.local.json');
    writeFileSync(local, JSON.stringify(options({ checkpoints_v2: false, push_v2_refs: true })));
    const linked = join(tempDir(), 'linked');
    git(dir, 'worktree', 'add', '-q', linked);
    expect(await readSettings(linked, engine)).toEqual({ ...DEFAULTS, pushV2Refs: true });
    writeFileSync(join(linked, '.entire/settings.local.json'), JSON.stringify(options({ checkpoints_v2: true })));
    expect(await readSettings(linked, engine)).toEqual({ ...DEFAULTS, mode: 'dual' });
    rmSync(local);
    rmSync(join(linked, '.entire/settings.local.json'));
    expect(await readSettings(linked, engine)).toEqual({ ...DEFAULTS, mode: 'dual' });
  });

  it('a work tree of a bare repository has its own alone', async () => {
    const bare = join(tempDir(), 'project.git');
    git(tempDir(), 'clone', '-q', '--bare', committed(), bare);
    const linked = join(tempDir(), 'linked');
    git(bare, 'worktree', 'add', '-q', linked);
    expect((await readSettings(linked, engine)).mode).toBe('dual');
  });
});
