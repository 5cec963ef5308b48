import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { GitRepo } from '../git-repo.ts';
import { describeContract, rejection } from './suite.ts';

/** What git itself says; `undefined` where the key is not set. */
function asGit(repo: GitRepo, key: string): string | undefined {
  try {
    return repo.git(['config', '--get', key]);
  } catch {
    return undefined;
  }
}

/** Blanks inside of a value are no tabs: git before 2.45 makes spaces of them. */
const SYNTAX = String.raw`
[ckpt "Sub.Section \"q\" \\"] Key = in a header's line
[ckpt.Old] key = old
[ckpt]	plain = two  words   # a comment
	quoted = "  kept  ; # " tail	; gone
	mixed = a" b "c
	escapes = "tab\tline\nquote\"back\\slash"
	continued = one \
    two \
three
	comment = x # \
	alone
	empty =
	UPPER = Case
	hash="#"
	repeated = 1
[other]
	x = y
[CKPT]
	repeated = 2
	crlf = windows`;

const KEYS = [
  'ckpt.Sub.Section "q" \\.key',
  'ckpt.old.key',
  'ckpt.plain',
  'ckpt.quoted',
  'ckpt.mixed',
  'ckpt.escapes',
  'ckpt.continued',
  'ckpt.comment',
  'ckpt.alone',
  'ckpt.empty',
  'ckpt.upper',
  'CKPT.Upper',
  'ckpt.hash',
  'ckpt.repeated',
  'ckpt.crlf',
  'ckpt.absent',
  'other.x',
];

describeContract('configuration', (bench) => {
  test('every form that git writes and people do', async () => {
    const made = bench.newRepo();
    writeFileSync(made.gitPath('config'), `${SYNTAX}\r\n[core]\n\trepositoryformatversion = 0\n\tbare = false\n`);
    const repo = await bench.open(made);
    for (const key of KEYS) expect([key, await repo.config(key)]).toEqual([key, asGit(made, key)]);
    expect(await repo.config('ckpt.continued')).toBe(asGit(made, 'ckpt.continued'));
  });

  test('settings of the environment, which have the last word: of jobs, and what git -c hands on to hooks', async () => {
    const made = bench.newRepo();
    made.git(['config', 'ckpt.a', 'of the file']);
    made.git(['config', 'ckpt.old', 'of the file']);
    const settings = ["ckpt.a=it's !x", 'CKPT.Flag', 'ckpt.Sub Section.KEY=x=y', 'ckpt.empty=', 'ckpt.b=-c'];
    const print = 'alias.print=!printf %s "$GIT_CONFIG_PARAMETERS"';
    const handed = made.git([...[...settings, print].flatMap((one) => ['-c', one]), 'print']);
    const pairs = [
      ['ckpt.b', 'counted'],
      ['CKPT.X.Count', ' 2 '],
    ];
    const counted = pairs.flatMap(([key, value], i) => [
      [`GIT_CONFIG_KEY_${i}`, key],
      [`GIT_CONFIG_VALUE_${i}`, value],
    ]);
    const of = (parameters: string) => ({
      ...made.env,
      GIT_CONFIG_COUNT: '2',
      ...Object.fromEntries(counted),
      GIT_CONFIG_PARAMETERS: parameters,
    });
    const keys = ['a', 'flag', 'Sub Section.key', 'empty', 'b', 'X.count', 'old', 'absent'].map((key) => `ckpt.${key}`);
    for (const parameters of [handed, `'ckpt.old=1' 'ckpt.flag'`, '']) {
      const env = of(parameters);
      const repo = await bench.open(made, { env });
      for (const key of keys) {
        const { stdout } = spawnSync('git', ['config', '-z', '--get', key], { cwd: made.dir, env, encoding: 'utf8' });
        expect([key, await repo.config(key)]).toEqual([key, stdout === '' ? undefined : stdout.slice(0, -1)]);
      }
    }
    for (const wrong of [{ GIT_CONFIG_COUNT: 'x' }, { GIT_CONFIG_COUNT: '1' }]) {
      const open = bench.open(made, { env: { ...made.env, ...wrong } }).then((repo) => repo.config('ckpt.a'));
      expect(await rejection(open)).toBeInstanceOf(Error);
    }
  });

  test('all settings of a section, in their order', async () => {
    const made = bench.newRepo();
    const more =
      '[Trailer]\n\tSeparators = :=\n\talone\n[trailer "A.b"]\n\tKey = One\n\tkey = Two\n[trailers]\n\tx = no\n';
    writeFileSync(made.gitPath('config'), `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${more}`);
    expect(await (await bench.open(made)).configIn('trailer')).toEqual([
      { key: 'trailer.separators', value: ':=' },
      { key: 'trailer.alone', value: null },
      { key: 'trailer.A.b.key', value: 'One' },
      { key: 'trailer.A.b.key', value: 'Two' },
    ]);
  });

  test('included files, by folder, branch and worktree; the last value wins', async () => {
    const made = bench.newRepo();
    const home = join(made.root, 'home');
    mkdirSync(join(home, 'inc'));
    const files = {
      'inc/a': '[ckpt]\n\ta = from a\n[include]\n\tpath = b\n',
      'inc/b': '[ckpt]\n\tb = from b\n',
      'inc/dir': '[ckpt]\n\tdir = yes\n',
      'inc/branch': '[ckpt]\n\tbranch = yes\n',
      'inc/no': '[ckpt]\n\tno = yes\n\ta = wrong\n',
      '.gitconfig': `[ckpt]\n\ta = first\n[include]\n\tpath = ~/inc/a\n\tpath = ~/inc/absent\n[includeIf "gitdir:**/repo/"]\n\tpath = ~/inc/dir\n[includeIf "onbranch:ma*"]\n\tpath = inc/branch\n[includeIf "gitdir:/elsewhere/"]\n\tpath = ~/inc/no\n[ckpt]\n\tz = user\n`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
    made.git(['config', 'extensions.worktreeConfig', 'true']);
    made.git(['config', 'ckpt.z', 'repository']);
    writeFileSync(made.gitPath('config.worktree'), '[ckpt]\n\tz = worktree\n');
    const repo = await bench.open(made);
    for (const key of ['ckpt.a', 'ckpt.b', 'ckpt.dir', 'ckpt.branch', 'ckpt.no', 'ckpt.z']) {
      expect([key, await repo.config(key)]).toEqual([key, asGit(made, key)]);
    }
    expect(await repo.config('ckpt.z')).toBe('worktree');
    expect(await repo.config('ckpt.b')).toBe('from b');
  });

  test.each(['0', '', 'false', 'no', 'off'])('core.bare = "%s" is a repository with a work tree', async (value) => {
    const made = bench.newRepo();
    made.git(['config', 'core.bare', value]);
    expect((await bench.open(made)).workTree).toBeDefined();
  });

  test.each([
    ['always', true],
    ['1', false],
    ['false', false],
  ])('core.logallrefupdates = %s', async (value, isLogged) => {
    const made = bench.newRepo();
    made.git(['config', 'core.logallrefupdates', value]);
    const repo = await bench.open(made);
    const id = made.commit('one');
    await repo.updateRefs([{ ref: 'refs/entire/x', old: null, new: id }], 'why');
    expect(made.git(['reflog', 'show', '--format=%gs', 'refs/entire/x'])).toBe(isLogged ? 'why' : '');
  });

  const WORDS = [
    'maybe',
    'always',
    'ALWAYS',
    'input',
    'warn',
    'TRUE',
    ' on ',
    '',
    '1k',
    '0x10',
    '010',
    '08',
    '-0',
    '1.0',
    '1kk',
  ];
  test.each(['logAllRefUpdates', 'bare', 'fileMode', 'autocrlf', 'safecrlf', 'protectNTFS'])(
    'core.%s, where git opens no repository with it, is an error',
    async (key) => {
      const made = bench.newRepo();
      const [own, global] = [made.gitPath('config'), join(made.root, 'home/.gitconfig')];
      const before = readFileSync(own, 'utf8');
      for (const word of WORDS) {
        const lines = `[core]\n\t${key} = "${word}"\n`;
        for (const [file, text] of [
          [global, lines],
          [own, `${before}${lines}\t${key} = false\n`],
        ] as const) {
          writeFileSync(global, '');
          writeFileSync(own, before);
          writeFileSync(file, text);
          const opens = async () => void (await (await bench.open(made)).config('ckpt.a'));
          const isRefused = spawnSync('git', ['rev-parse', 'HEAD:'], { cwd: made.dir, env: made.env }).stderr.includes(
            'bad boolean',
          );
          const why = {
            message: expect.stringContaining(`bad boolean config value '${word}' for 'core.${key.toLowerCase()}'`),
          };
          if (isRefused) await expect(opens(), word).rejects.toMatchObject(why);
          else await expect(opens(), word).resolves.toBeUndefined();
        }
      }
    },
  );

  test('a malformed file is an error before anything moves', async () => {
    const made = bench.newRepo();
    const repo = await bench.open(made);
    const id = made.commit('one');
    writeFileSync(join(made.root, 'home/.gitconfig'), '[user\n\tname = x\n');
    await rejection(repo.updateRefs([{ ref: 'refs/entire/x', old: null, new: id }], 'why'));
    writeFileSync(join(made.root, 'home/.gitconfig'), '');
    expect(made.refs()).toEqual([]);
  });
});
