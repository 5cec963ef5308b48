import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { git } from '../fixtures/git.ts';
import { realProgram, unlessThere } from '../fixtures/real-program.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ckpt } from './ckpt.ts';

const ID = '5478025e132b';
const ULID = '54ZX4T9QK3M8V7W6P5R4S3T2A1';
const REFS_ULID = '55ZX4T9QK3M8V7W6P5R4S3T2A1';
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
/** The programs of the shells, and how each looks whether a script can be read. */
const PROGRAMS = {
  bash: ['bash', '-n', './bash'],
  zsh: ['zsh', '-n', './zsh'],
  fish: ['fish', '-n', './fish'],
  powershell: ['pwsh', '-NoProfile', '-Command', '[scriptblock]::Create((Get-Content -Raw ./powershell)) > $null'],
} as const;
const dir = tempDir('file');
beforeAll(() => {
  expect(ckpt(['sample', join(dir, 'sample.git')]).code).toBe(0);
  const v1 = new V1Builder();
  v1.checkpoint(ULID);
  const tip = v1.write(join(dir, 'ulids.git'));
  git(join(dir, 'ulids.git'), 'update-ref', `refs/entire/checkpoints/A1/${REFS_ULID}`, tip);
  git(dir, 'clone', '-q', 'sample.git', 'clone');
  mkdirSync(join(dir, 'folder'));
  writeFileSync(join(dir, 'file.json'), '');
  for (const shell of SHELLS) {
    const { code, stdout, stderr } = ckpt(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    writeFileSync(join(dir, shell), stdout);
  }
});

/** What each shell offers for the last of these words, which may be the beginning of one. */
const OFFERS: Readonly<Record<(typeof SHELLS)[number], (words: readonly string[]) => string[]>> = {
  bash: (words) =>
    run('bash', [
      '--norc',
      '-c',
      `source ./bash; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _ckpt; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      'ckpt',
      // bash makes three words of --engine=native
      ...words.flatMap((word) => (/^--.*=/.test(word) ? word.split(/(?<=^--[\w-]+)(=)/) : [word])),
    ]).filter((word) => word !== ''),
  // What zsh's own functions would show is printed instead.
  zsh: (words) =>
    run('zsh', [
      '-f',
      '-c',
      `compadd() { shift; print -l -- "$@" }; _describe() { print -l -- "\${(@)\${(P)2}%%:*}" }
       _files() { [[ $1 == -/ ]] && print -l -- *(/) || print -l -- * }; compset() { cur=\${cur#*=} }
       source ./zsh; words=("$@") CURRENT=$#; _ckpt`,
      'zsh',
      'ckpt',
      ...words,
    ]).filter((word) => word.startsWith((words.at(-1) ?? '').replace(/^--.*=/, ''))),
  fish: (words) =>
    run('fish', ['--no-config', '-c', 'source ./fish; complete -C "$argv"', '--', ['ckpt', ...words].join(' ')]).map(
      (line) =>
        line
          .replace(/\t.*/, '')
          .replace(/^--\w+=/, '')
          .replace(/\/$/, ''),
    ),
  // What PowerShell offers where the script offers nothing are files, as paths.
  powershell: (words) =>
    run('pwsh', [
      '-NoProfile',
      '-Command',
      `Invoke-Expression (Get-Content -Raw ./powershell); $line = '${['ckpt', ...words].join(' ')}'
       [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText`,
    ]).map((line) => line.replace(/^--\w+=/, '').replace(/^\.[\\/]/, '')),
};

function run(program: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: dir, TERM: 'dumb' },
  });
  expect({ status, stderr }).toEqual({ status: expect.any(Number), stderr: '' });
  return stdout.split('\n').filter((line) => line !== '');
}

describe.each(SHELLS)('ckpt completion %s', (shell) => {
  const offers = (...words: string[]) => OFFERS[shell](words).sort();

  it('names every command and every flag', async () => {
    const { stdout } = ckpt(['completion', shell]);
    for (const [name, load] of Object.entries(COMMANDS)) {
      expect(stdout).toContain(`'${name}'`);
      for (const flag of Object.keys((await load()).default.flags ?? {})) expect(stdout).toContain(flag);
    }
  });

  const [program, ...reads] = PROGRAMS[shell];
  const found = realProgram(program);
  describe.runIf(found !== undefined)(`in a real shell${unlessThere(program, found)}`, () => {
    it('can be read', () => {
      expect(spawnSync(program, reads, { cwd: dir, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    });

    it.each([
      ['commands', ['mig'], ['migrate']],
      ['the second word of a command', ['hooks', ''], ['install', 'status', 'uninstall']],
      ['flags', ['migrate', '--dry'], ['--dry-run']],
      ['the opposites of flags', ['hooks', 'install', '--no-pu'], ['--no-push']],
      ['flags of a command of two words', ['hooks', 'install', '--ag'], ['--agent']],
      ['values', ['verify', '--fail-on', 'w'], ['warning']],
      ['flags before a command', ['--ver'], ['--verbose', '--version']],
      ['codes of findings', ['verify', '--ignore', 'V1_ODD'], ['V1_ODD_TIME']],
      ['checkpoint IDs of an ordinary clone', ['show', '-C', 'clone', ID.slice(0, 3)], [ID]],
      ['values after =', ['list', '--engine=na'], ['native']],
      ['what follows a flag that takes a word', ['-C', 'list', 'mig'], ['migrate']],
      ['folders', ['list', '--repo', 'fol'], ['folder']],
      ['folders before a command', ['-C', 'fol'], ['folder']],
      ['files', ['dual-write', '--from', 'file'], ['file.json']],
      ['checkpoint IDs', ['show', '-C', 'sample.git', ID.slice(0, 3)], [ID]],
      ['ULIDs, of V1 and of git-refs', ['show', '-C', 'ulids.git', '5'], [ULID, REFS_ULID]],
      ['shells', ['completion', 'z'], ['zsh']],
    ])('completes %s', (_, words, expected) => {
      expect(offers(...words)).toEqual(expected);
    });

    it('offers no checkpoint IDs where there is no repository', () => {
      expect(offers('show', '-C', 'folder', '54')).toEqual([]);
    });
  });
});

it('ckpt completion of another shell lists those that there are', () => {
  const { code, stderr } = ckpt(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish, powershell');
});
