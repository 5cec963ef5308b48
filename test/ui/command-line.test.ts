import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYOUTS } from '../../src/layout/layouts.ts';
import { printedCommand, printedHint, printedText } from '../../src/ui/command-line.ts';
import { FINDING_CODES, kindOf } from '../../src/verify/finding.ts';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { git } from '../fixtures/git.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { editTip } from '../verify/damage.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';

describe('printedCommand', () => {
  it.each([
    ['a b'],
    ["it's"],
    ['$HOME `x` "y" \\ ! * ~'],
    [''],
    ['=x'],
    ['a\u001b[31m\u202eb'],
    ['\u00fcber/M\u00fcsli.git'],
  ])('is what a shell takes for the same words: %j', (word) => {
    const printed = printedCommand(['printf', '%s', word]);
    expect(printed).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(execFileSync('sh', ['-c', printed], { encoding: 'utf8' })).toBe(word);
  });

  it.each([
    [['status', '-C', 'a b'], "ckpt migrate -C 'a b'", "git -C 'a b' fetch origin"],
    [['--repo', 'x', 'status'], 'ckpt migrate --repo x', 'git -C x fetch origin'],
    [['--repo=a b'], "ckpt migrate '--repo=a b'", "git -C 'a b' fetch origin"],
    [['status', '--', '-C', 'x'], 'ckpt migrate', 'git fetch origin'],
    [[], 'ckpt migrate', 'git fetch origin'],
  ])('keeps the repository as the user gave it: %j', (argv, ours, git) => {
    expect(printedCommand(['ckpt', 'migrate'], argv)).toBe(ours);
    expect(printedHint(['Do: ', ['git', 'fetch', 'origin'], '.'], argv)).toBe(`Do: ${git}.`);
  });
});

describe('printedText', () => {
  it('has its commands for the repository that the user named, and everything else as it is', () => {
    const text = 'Run `ckpt migrate --rebuild`, or look with `git fsck` at `main`: it`s `gitk` or `ckpt`.';
    expect(printedText(text, [])).toBe(text);
    expect(printedText(text, ['verify', '-C', 'a b'])).toBe(
      "Run `ckpt migrate --rebuild -C 'a b'`, or look with `git -C 'a b' fsck` at `main`: it`s `gitk` or `ckpt`.",
    );
    expect(printedHint('Run: `ckpt list`', ['-C', 'x'])).toBe('Run: `ckpt list -C x`');
  });

  it('knows what to do about each finding, without a word that a shell takes for more', () => {
    const names = LAYOUTS.map(({ name }) => name);
    const pairs = names.flatMap((from) => names.filter((to) => to !== from).map((to) => ({ from, to })));
    const places = [{}, { remote: "it's" }, { isPushOff: true }, { isWithoutV1: true }, ...pairs] as const;
    for (const code of FINDING_CODES) {
      for (const place of places) {
        const { remedy } = kindOf(code, place);
        expect(printedText(remedy, [])).toBe(remedy);
      }
    }
  });
});

describe('commands that are printed', () => {
  const bin = tempDir('file');
  writeFileSync(join(bin, 'ckpt'), `#!/bin/sh\nexec '${process.execPath}' '${CKPT}' "$@"\n`);
  chmodSync(join(bin, 'ckpt'), 0o755);
  const cwd = tempDir('file');
  const repo = "it's my repo.git";
  const paste = (command: string) =>
    spawnSync('sh', ['-c', command], {
      cwd,
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
      encoding: 'utf8',
    });
  const nextOf = (text: string) => /^Next: (.*)$/m.exec(text)?.[1] ?? '';

  it('can be pasted, one after another, in a folder with a space and a quote in its name', () => {
    let said = ckpt(['sample', repo], { cwd }).stdout;
    const seen: string[] = [];
    for (let next = nextOf(said); next !== ''; next = nextOf(said)) {
      seen.push(next);
      const { status, stdout, stderr } = paste(next);
      expect({ next, status, stderr }).toMatchObject({ status: 0 });
      said = stdout;
    }
    expect(seen).toEqual(["ckpt migrate --repo 'it'\\''s my repo.git'", "ckpt verify --repo 'it'\\''s my repo.git'"]);
    // The dry run's names the rotation, and that one's the check.
    let next = nextOf(ckpt(['rotate', '--force', '--dry-run', '-C', repo], { cwd }).stdout);
    for (const command of ['ckpt rotate --force', 'ckpt verify']) {
      expect(next).toBe(`${command} -C 'it'\\''s my repo.git'`);
      const { status, stdout } = paste(next);
      expect(status).toBe(0);
      next = nextOf(stdout);
    }
  });

  it('so can those of hints and of status', () => {
    const unknown = ckpt(['show', 'ffff', '-C', repo], { cwd });
    expect(unknown.stderr).toContain("List what is there: ckpt list -C 'it'\\''s my repo.git'. ");
    expect(paste(/there: (.*?)\. Check/.exec(unknown.stderr)?.[1] ?? '').status).toBe(0);
    const absent = ckpt(['verify', '--baseline', "x's y.json", '-C', repo], { cwd });
    const command = /hint: Write it: (.*)/.exec(absent.stderr)?.[1] ?? '';
    expect(command).toContain("--baseline 'x'\\''s y.json' --update-baseline -C ");
    expect(paste(command).status).toBe(0);
    ckpt(['sample', "an'other one.git"], { cwd });
    const status = JSON.parse(ckpt(['status', '--json', '-C', "an'other one.git"], { cwd }).stdout);
    const [migrate] = status.problems.flatMap(({ commands }: { commands: string[] }) => commands);
    expect(migrate).toBe("ckpt migrate -C 'an'\\''other one.git'");
    expect(paste(migrate).status).toBe(0);
  });

  /** The commands that a text has in backquotes, each of which a shell takes for the program, words, and the repository that was named. */
  const commandsIn = (text: string, dir: string) => {
    const found = [...new Set([...text.matchAll(/`((?:ckpt|git) [^`]+)`/g)].map(([, command = '']) => command))];
    for (const command of found) {
      const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
        .split('\n')
        .slice(0, -1);
      expect(words.slice(words.indexOf('-C'), words.indexOf('-C') + 2)).toEqual(['-C', dir]);
    }
    return found;
  };

  it('so can those of what is to be done about findings, and of what was not done', () => {
    const dir = "a finder's repo.git";
    const named = "-C 'a finder'\\''s repo.git'";
    const run = (...words: string[]) => ckpt([...words, '-C', dir], { cwd });
    const pasted = (text: string, ...expected: string[]) => {
      const commands = commandsIn(text, dir);
      expect(commands).toEqual(expected.map((command) => `${command} ${named}`));
      return paste(commands[0] ?? '');
    };
    ckpt(['sample', dir], { cwd });
    expect(pasted(run('verify').stdout, 'ckpt migrate').status).toBe(0);
    const again = pasted(run('migrate').stdout, 'ckpt verify');
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('CONSISTENT') });

    const [shard = ''] = git(join(cwd, dir), 'ls-tree', '--name-only', CURRENT).split('\n');
    editTip(join(cwd, dir), CURRENT, { [shard]: null });
    expect(pasted(run('verify').stdout, 'ckpt repair')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Mended/),
    });
    editTip(join(cwd, dir), MAIN, { 'README.md': 'by hand\n' });
    expect(commandsIn(run('verify').stdout, dir)).toEqual([`ckpt migrate --rebuild ${named}`]);
    expect(pasted(run('repair').stdout, 'ckpt migrate --rebuild').status).toBe(0);
    expect(run('verify').code).toBe(0);
  });

  it('so can that for a ref that is broken, whatever its name', () => {
    const dir = "a broken one's repo.git";
    ckpt(['sample', dir], { cwd });
    const name = "refs/entire/checkpoints/v2/$(it's)";
    const file = join(cwd, dir, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'not an id');
    for (const engine of BOTH_ENGINES) {
      const { stderr } = ckpt(['verify', '-C', dir, '--engine', engine], { cwd });
      const command = /^hint: Look at it with: (.*)\. Then /m.exec(stderr)?.[1] ?? '';
      expect(paste(command)).toMatchObject({
        status: 0,
        stderr: expect.stringContaining(`ignoring broken ref ${name}`),
      });
    }
  });
});
