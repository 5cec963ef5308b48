import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printedCommand, printedHint } from '../../src/ui/command-line.ts';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { tempDir } from '../fixtures/temp.ts';

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
});
