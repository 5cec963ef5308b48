import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInIndex } from '../../src/git/isomorphic/index-file.ts';
import { readSettings as readIn, type Settings, unknownOptions } from '../../src/stores/settings.ts';
import { git, gitResult, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { withRepository } from '../migrate/support.ts';

const DEFAULTS = { mode: 'v1', fullCurrentMode: 'accumulate', pushSplitRefs: false, retentionDays: 14 };

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

describe('unknownOptions', () => {
  const RETENTION = 'full_transcript_generation_retention_days';

  it('names each value that counts for nothing, where it is, and what there is', () => {
    const shared = options({ checkpoints_v2: 'true', [RETENTION]: '30', full_current_mode: null, push_v2_refs: 1 });
    expect(unknownOptions({ shared, local: options({ full_current_mode: 'Replace' }) })).toEqual([
      'strategy_options.checkpoints_v2 in .entire/settings.json is "true", which is not known: it can be true or false',
      'strategy_options.full_current_mode in .entire/settings.local.json is "Replace", which is not known: it can be "accumulate" or "replace"',
      `strategy_options.${RETENTION} in .entire/settings.json is "30", which is not known: it can be a number of days; 14 days count`,
    ]);
  });

  it('passes over a value that the local file overrides, and those that are known', () => {
    const shared = options({ checkpoints_v2: 'true', [RETENTION]: -1 });
    expect(unknownOptions({ shared, local: options({ checkpoints_v2: false, [RETENTION]: 0.5 }) })).toEqual([]);
    expect(unknownOptions({ shared: options(null), local: {} })).toEqual([]);
  });
});

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
    const expected = { mode: 'dual', fullCurrentMode: 'replace', pushSplitRefs: true, retentionDays: 0 };
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
      pushSplitRefs: true,
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

describe.each(ENGINES)('%s: a work tree without the shared file that git has', (engine) => {
  /** Says that V2 is written besides, in a commit. */
  function committed(): string {
    const dir = workTree(options({ checkpoints_v2: true }));
    mkdirSync(join(dir, 'src'));
    writeFileSync(join(dir, 'src', 'a.ts'), 'a');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'Settings');
    return dir;
  }

  /** Has git write the index anew, by a setting. */
  function anew(dir: string, key: string, value: string): void {
    git(dir, 'config', key, value);
    rmSync(join(dir, '.git/index'));
    git(dir, 'reset', '-q', '--hard');
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
    [
      'an index of version 4',
      (dir) => {
        anew(dir, 'index.version', '4');
        git(dir, 'sparse-checkout', 'set', '--cone', 'src');
      },
    ],
    [
      'an index of version 3, with long names in it',
      (dir) => {
        const folder = join(dir, '.a'.repeat(90), 'b'.repeat(90));
        mkdirSync(folder, { recursive: true });
        for (let i = 0; i < 20; i++) writeFileSync(join(folder, 'c'.repeat(i + 1)), '');
        git(dir, 'add', '-N', '.');
        git(dir, 'add', '-A', 'src');
        git(dir, 'update-index', '--skip-worktree', '.entire/settings.json');
        rmSync(join(dir, '.entire'), { recursive: true });
      },
    ],
  ])('%s: the index counts', async (_, leaveOut) => {
    const dir = committed();
    leaveOut(dir);
    expect(existsSync(join(dir, '.entire/settings.json'))).toBe(false);
    expect((await readSettings(dir, engine)).mode).toBe('dual');
  });

  it('what is staged goes before HEAD: another text, and that the file is gone', async () => {
    const dir = committed();
    writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify(options({ checkpoints_version: 2 })));
    git(dir, 'add', '-A');
    rmSync(join(dir, '.entire'), { recursive: true });
    expect((await readSettings(dir, engine)).mode).toBe('v2');
    git(dir, 'add', '-A');
    expect((await readSettings(dir, engine)).mode).toBe('v1');
  });

  it('of a conflict, what is ours', async () => {
    const dir = committed();
    git(dir, 'checkout', '-q', '-b', 'theirs');
    for (const [branch, text] of [
      ['theirs', options({ checkpoints_version: 2 })],
      ['main', options({ checkpoints_v2: true, full_current_mode: 'replace' })],
    ] as const) {
      git(dir, 'checkout', '-q', branch);
      writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify(text));
      git(dir, 'commit', '-q', '-a', '-m', branch);
    }
    expect(gitResult(dir, ['merge', '-q', 'theirs']).status).toBe(1);
    rmSync(join(dir, '.entire'), { recursive: true });
    expect(await readSettings(dir, engine)).toMatchObject({ mode: 'dual', fullCurrentMode: 'replace' });
  });

  it('a split index is for git alone', async () => {
    const dir = committed();
    anew(dir, 'core.splitIndex', 'true');
    rmSync(join(dir, '.entire'), { recursive: true });
    const read = readSettings(dir, engine);
    if (engine === 'native') expect((await read).mode).toBe('dual');
    else await expect(read).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE', message: /split/ });
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
      hint: ['Fetch it: ', ['git', 'cat-file', '-e', ':.entire/settings.json']],
    });
    renameSync(`${origin}.away`, origin);
    git(clone, 'cat-file', '-e', ':.entire/settings.json');
    expect((await readSettings(clone, engine)).mode).toBe('dual');
  });

  it('a file in the index that is not a JSON object fails as one on disk does', async () => {
    const dir = workTree('[]');
    git(dir, 'add', '-A');
    git(dir, 'commit', '-q', '-m', 'Settings');
    rmSync(join(dir, '.entire'), { recursive: true });
    const message = expect.stringContaining(":.entire/settings.json can't be read");
    await expect(readSettings(dir, engine)).rejects.toMatchObject({ code: 'BAD_SETTINGS', message });
  });

  it("a linked work tree without a local file has the main one's", async () => {
    const dir = committed();
    const local = join(dir, '.entire/settings.local.json');
    writeFileSync(local, JSON.stringify(options({ checkpoints_v2: false, push_v2_refs: true })));
    const linked = join(tempDir(), 'linked');
    git(dir, 'worktree', 'add', '-q', linked);
    expect(await readSettings(linked, engine)).toEqual({ ...DEFAULTS, pushSplitRefs: true });
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

it('an index that is none, or ends in the middle, is an error', () => {
  const dir = workTree({});
  git(dir, 'add', '-A');
  const index = readFileSync(join(dir, '.git/index'));
  const path = '.entire/settings.json';
  expect(findInIndex(index, path)?.way).toEqual([]);
  for (const bad of [
    Buffer.alloc(0),
    Buffer.from('x'),
    Buffer.alloc(200),
    index.subarray(0, 60),
    index.subarray(0, 80),
  ])
    expect(() => findInIndex(bad, path)).toThrow('index');
});
