import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS, GROUPS } from '../../src/commands/table.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NAMES = Object.keys(COMMANDS);
describe('the program', () => {
  it.each(['--version', '-v', '-V', 'version'])('answers %s', (flag) => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const run = ckpt([flag]);
    expect(run).toEqual({
      code: 0,
      stdout: `ckpt/${version} ${process.platform}-${process.arch} node-${process.version}\n`,
      stderr: '',
    });
  });

  it('has every file of src/commands in its table', () => {
    const files = readdirSync(join(ROOT, 'src/commands'), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .filter(({ name, parentPath }) => / extends BaseCommand /.test(readFileSync(join(parentPath, name), 'utf8')))
      .map(({ name }) => name.replace(/\.ts$/, ''));
    expect(files.sort()).toEqual(NAMES.filter((name) => !name.includes(' ')).sort());
  });

  it.each([[[]], [['--help']], [['help']], [['-h']]])('lists its commands: ckpt %j', (args) => {
    const { code, stdout, stderr } = ckpt(args, { cwd: tempDir() });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of NAMES) expect(stdout).toContain(`  ${name} `);
  });

  it('lists them in groups, in their order, and says where the documents are', () => {
    const { stdout } = ckpt(['--help']);
    const beginnings = stdout.split('\n').map((line) => line.replace(/^ {2}(?=\S)/, '').split('  ', 1)[0]);
    const listed = Object.entries(GROUPS).flatMap(([title, commands]) => [title, ...Object.keys(commands)]);
    expect(beginnings.filter((word = '') => listed.includes(word))).toEqual(listed);
    const documents = /\nDocuments: (.*)\n$/.exec(stdout)?.[1] ?? '';
    expect(readFileSync(documents, 'utf8')).toContain('# The documentation of ckpt');
  });

  it.each(['migrate', 'show', 'dual-write'])('wraps the text of %s once, and says its summary once', async (name) => {
    const summary = (await COMMANDS[name]?.())?.default.summary ?? '';
    const { stdout } = ckpt(['help', name]);
    const [, text = ''] = /\nDESCRIPTION\n(.*?)\n\n/s.exec(stdout) ?? [];
    expect(stdout.replace(/\s+/g, ' ').split(summary)).toHaveLength(2);
    // A line ends early only where the next word would not have fitted.
    const lines = text.split('\n');
    for (const [at, line] of lines.slice(0, -1).entries()) {
      const next = lines[at + 1]?.trim().split(' ')[0] ?? '';
      expect(`${line} ${next}`.length, line).toBeGreaterThan(80);
    }
    expect(lines.length).toBeGreaterThan(3);
  });

  it.each(share(NAMES, 9))('explains %s, also with a development environment around it', (name) => {
    for (const args of [
      [...name.split(' '), '--help'],
      ['help', ...name.split(' ')],
    ]) {
      const { code, stdout, stderr } = ckpt(args, { env: { NODE_ENV: 'development' } });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`$ ckpt ${name} `);
      expect(stdout).toContain('--json');
      expect(stdout).toContain('EXAMPLES');
    }
  });

  it('says which flags a flag needs or excludes, and no more than that', () => {
    const prune = ckpt(['prune', '--help']).stdout.replace(/\s+/g, ' ');
    expect(prune).toContain('USAGE $ ckpt prune [FLAGS] FLAGS');
    expect(prune).toContain('or origin. Not with --restore, --older-than, --allow-loss, --no-backup.');
    const fetch = ckpt(['fetch', '--help']).stdout.replace(/\s+/g, ' ');
    expect(fetch).toContain('USAGE $ ckpt fetch [REMOTE] [FLAGS] ARGUMENTS');
    expect(fetch).toContain('Take back what --setup did. Only with --setup.');
  });

  it('suggests the command that was meant', () => {
    expect(ckpt(['migrat'])).toEqual({
      code: 2,
      stdout: '',
      stderr: "ckpt: there is no command 'migrat'\nhint: Did you mean: ckpt migrate\n",
    });
    expect(ckpt(['mig']).stderr).toContain('hint: Did you mean: ckpt migrate\n');
    expect(ckpt(['search', 'it']).stderr).toContain('hint: Did you mean: ckpt list --grep\n');
    expect(ckpt(['hooks', 'inst']).stderr).toContain('hint: Did you mean: ckpt hooks install\n');
    expect(ckpt(['help', 'xyzzy']).stderr).toContain('hint: ckpt --help lists the commands.');
  });
});

describe('ckpt alone', () => {
  const dir = tempDir('file');
  const status = (args: readonly string[], cwd = dir) => {
    const { code, stdout, stderr } = ckpt(args, { cwd });
    return { code, stderr, first: stdout.split('\n', 1)[0] };
  };
  const shown = { code: 0, stderr: '', first: `${dir} (bare)` };

  it('shows the status in a repository, with flags too', () => {
    ckpt(['sample', dir]);
    expect(status([])).toEqual(shown);
    expect(status(['-C', dir], tempDir())).toEqual(shown);
    expect(JSON.parse(ckpt(['--json'], { cwd: dir }).stdout)).toHaveProperty('layouts');
  });

  it('fails outside of one where a flag says that a result is wanted', () => {
    const { code, stdout } = ckpt(['--json'], { cwd: tempDir() });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 3, error: 'NOT_A_REPOSITORY' });
  });

  it('takes flags of all commands before the command too', () => {
    expect(JSON.parse(ckpt(['--json', '-C', dir, 'hooks', 'status'], { cwd: tempDir() }).stdout)).toHaveProperty('git');
    expect(ckpt(['-C', dir, 'migrate', '--help']).stdout).toContain('$ ckpt migrate ');
    expect(ckpt(['help', '-C', dir, 'migrate']).stdout).toContain('$ ckpt migrate ');
    expect(ckpt(['-C', dir, 'migrat']).stderr).toContain('Did you mean: ckpt migrate');
    expect(ckpt(['-C', dir, 're']).stderr).toContain('Did you mean: ckpt repair, or: ckpt restore');
    expect(ckpt(['-C', dir, '--version']).stdout).toMatch(/^ckpt\//);
  });
});

describe('what stands for several commands, or for none', () => {
  it('lists those that begin with a word', () => {
    for (const args of [['hooks'], ['help', 'hooks'], ['hooks', '--help']]) {
      const { code, stdout } = ckpt(args);
      expect({ code, names: stdout.match(/^ {2}ckpt hooks \w+/gm) }).toEqual({
        code: 0,
        names: ['  ckpt hooks install', '  ckpt hooks status', '  ckpt hooks uninstall'],
      });
    }
  });

  it('says why no sample can be made, and ends', () => {
    const file = join(tempDir(), 'file');
    writeFileSync(file, '');
    expect(ckpt(['sample', join(file, 'below')])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`${file} is a file, not a folder`),
    });
    if (process.platform === 'linux') expect(ckpt(['sample', '/proc/no/such']).code).toBe(1);
  });
});

describe('wrong usage ends with 2, says why, and does nothing', () => {
  it.each([
    [['migrate', '--nope'], 'ckpt migrate: there is no flag --nope'],
    [['migrate', 'extra'], 'ckpt migrate: it does not take the argument extra'],
    [['migrate', '--max-checkpoints', 'x'], 'ckpt migrate: --max-checkpoints is a whole number, and not x\n'],
    [['migrate', '--max-checkpoints', '0'], 'ckpt migrate: --max-checkpoints is at least 1, and not 0\n'],
    [['migrate', '--engine', 'svn'], 'ckpt migrate: --engine is one of auto, native, isomorphic, and not svn'],
    [['verify', 'nonsense'], 'ckpt verify: nonsense is not a checkpoint ID'],
    [['verify', '--max-checkpoints', '2'], 'ckpt verify: there is no flag --max-checkpoints'],
    [['verify', '--nope'], 'ckpt verify: there is no flag --nope'],
    [['sample'], 'ckpt sample: it needs DIR: The folder to make the repository in.\n'],
    [['migrate', 'a', 'b'], 'ckpt migrate: it does not take the arguments a, b\n'],
    [['push', '--force', '--xyz'], 'ckpt push: there are no flags --force, --xyz\n'],
    [['migrate', '--repo'], 'ckpt migrate: --repo needs a value\n'],
    [['verify', '--fail-on'], 'ckpt verify: --fail-on needs one of error, warning, note\n'],
    [['completion', 'csh'], 'ckpt completion: the argument is one of bash, zsh, fish'],
    [['fleet', 'status'], 'ckpt fleet status: it needs one of --dir, --list\n'],
    [['migrate', '--rebuild', '--accept-lost'], 'ckpt migrate: --rebuild and --accept-lost do not go together\n'],
    [['dual-write', '--finalize'], 'ckpt dual-write: --finalize needs --from\n'],
  ])('ckpt %j', (args, beginning) => {
    const { code, stdout, stderr } = ckpt(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.slice(0, beginning.length)).toBe(beginning);
    expect(stderr).toMatch(/\nhint: /);
    expect(stderr).not.toMatch(/^ {4}at /m);

    const json = ckpt([...args, '--json']);
    expect({ code: json.code, stderr: json.stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ exitCode: 2, error: { code: 'WRONG_USAGE' } });
  });

  it('and asks for a folder where a fleet names one that is not there', () => {
    const { code, stderr } = ckpt(['fleet', 'status', '--dir', join(tempDir(), 'absent')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/: the folder \S+\/absent cannot be read: .*\nhint: Name a folder that is there/);
  });

  it.each([
    [['migrate', '--dry-rnu'], '--dry-run'],
    [['verify', '--formt=json'], '--format'],
    [['hooks', 'install', '--agnt', 'claude-code'], '--agent'],
    [['migrate', '--dry'], '--dry-run'],
    [['status', '--re'], '--repo, or: --remote'],
    [['--versoin'], '--version'],
  ])('and suggests the flag that was meant: ckpt %j', (args, flag) => {
    expect(ckpt(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(`\nhint: Did you mean: ${flag}\n`) });
  });

  it('an engine in the environment that does not exist', () => {
    expect(ckpt(['migrate'], { env: { CKPT_ENGINE: 'svn' } }).code).toBe(2);
  });
});

describe('outside of a repository', () => {
  it.each([
    ['migrate', 'native'],
    ['migrate', 'isomorphic'],
    ['verify', 'native'],
    ['verify', 'isomorphic'],
  ])('ckpt %s ends with 3 (%s)', (command, engine) => {
    const run = ckpt([command, '--engine', engine, '--json'], { cwd: tempDir() });
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ exitCode: 3, error: { code: 'NOT_A_REPOSITORY' } });
  });

  it.each(['native', 'isomorphic'])('says once what is wrong with a folder (%s)', (engine) => {
    const cwd = tempDir();
    const said = (repo: string) => ckpt(['status', '--repo', repo, '--engine', engine], { cwd }).stderr;
    // Git adds something to it only where it stops at the mount point of the temporary folder.
    expect(said('.')).toMatch(
      /: \. is in no git repository(?: that git would open: .*mount point[\s\S]*)?\nhint: Name /,
    );
    expect(said('gone')).toMatch(/^ckpt status: opening the repository: gone can't be opened: .*no such file[^:]*\n/i);
    expect(said('gone')).not.toContain('fatal');
  });
});

describe('ckpt sample', () => {
  it('makes the same branch with both engines', () => {
    const tips = ['native', 'isomorphic'].map((engine) => {
      const dir = join(tempDir(), 'sample.git');
      const { code, stdout } = ckpt(['sample', dir, '--engine', engine, '--json']);
      expect(code).toBe(0);
      const { commit, ...rest } = JSON.parse(stdout);
      expect(rest).toMatchObject({
        dir,
        ref: 'refs/heads/entire/checkpoints/v1',
        counts: { commits: 15, checkpoints: 12, sessions: 17 },
      });
      return commit;
    });
    expect(new Set(tips).size).toBe(1);
  });

  it('leaves a folder alone that holds something', () => {
    const dir = tempDir();
    expect(ckpt(['sample', join(dir, 'a')]).code).toBe(0);
    const run = ckpt(['sample', dir]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(`ckpt sample: making the repository: ${dir} is not empty`);
    expect(existsSync(join(dir, 'HEAD'))).toBe(false);
  });
});
