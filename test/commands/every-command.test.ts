import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT, KNOWN_ERRORS } from '../../src/commands/exit-codes.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { deleteCheckpoint } from '../fixtures/delete-checkpoint.ts';
import { git } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';

const NAMES = Object.keys(COMMANDS);
/** What has no repository of its own to work in: one makes it, one is about the shell, others are about many. */
const FLEET = NAMES.filter((name) => name.startsWith('fleet '));
const WITHOUT_REPOSITORY = ['sample', 'completion', ...FLEET];
/** A screen for people: it has nothing to say to a program but that. */
const SCREENS = ['browse'];
/** The arguments that a command cannot do without. */
const ARGS: Readonly<Record<string, readonly string[]>> = {
  show: ['5478025e132b'],
  diff: ['5478025e132b'],
  export: ['5478025e132b', '--output', join(tempDir('file'), 'pages')],
  restore: ['92d71b100385', '--dry-run'],
  sample: ['made.git'],
  completion: ['bash'],
  ...Object.fromEntries(FLEET.map((name) => [name, ['--list', join(tempDir('file'), 'fleet.txt')]])),
  'fleet merge': [join(tempDir('file'), 'found')],
};

const migrated = join(tempDir('file'), 'migrated.git');
const empty = join(tempDir('file'), 'empty.git');
const remote = join(tempDir('file'), 'remote.git');
const broken = join(tempDir('file'), 'broken.git');
beforeAll(() => {
  for (const dir of [migrated, broken]) expect(ckpt(['sample', dir]).code).toBe(0);
  deleteCheckpoint(migrated, '92d71b100385');
  expect(ckpt(['migrate', '-C', migrated]).code).toBe(0);
  for (const name of FLEET) if (name !== 'fleet merge') writeFileSync(ARGS[name]?.[1] ?? '', `${migrated}\n`);
  const found = ['fleet', 'status', ...(ARGS['fleet status'] ?? []), '--report', ...(ARGS['fleet merge'] ?? [])];
  expect(ckpt(found).code).toBe(0);
  git(tempDir(), 'init', '--quiet', '--bare', empty);
  git(tempDir('file'), 'init', '--quiet', '--bare', remote);
  git(migrated, 'remote', 'add', 'origin', remote);
  writeFileSync(join(broken, 'refs/heads/entire/checkpoints/v1'), `${'1'.repeat(40)}\n`);
});

/** Runs a command with `--json` and holds that stdout is one document and nothing else. */
function json(name: string, cwd: string, more: readonly string[] = []) {
  const { code, stdout, stderr } = ckpt([...name.split(' '), ...(ARGS[name] ?? []), '--json', ...more], { cwd });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{\n[\s\S]*\n\}\n$/);
  const document = JSON.parse(stdout); // two documents, or anything beside one, would not parse
  expect(Object.values<number | null>(EXIT)).toContain(code);
  expect(document).toMatchObject({ exitCode: code, ok: code === 0 });
  if (document.error !== null) expectError(document.error, code);
  return { code, document };
}

/** An error has all that docs/errors.md says of its members, and the exit code of its kind. */
function expectError(error: Record<string, unknown>, code: number | null): void {
  expect(error).toMatchObject({
    message: expect.stringMatching(/\S/),
    hint: expect.stringMatching(/\S/),
  });
  expect(KNOWN_ERRORS[String(error.code)]?.exitCode).toBe(code);
  expect(error.code).not.toBe('UNEXPECTED');
  expect(JSON.stringify(error)).not.toMatch(/\\n +at /);
}

/** Which cases are tried with a command: all in the long run, one in others, another one with the next command. */
function turn<T>(name: string, cases: readonly T[]): T[] {
  const own = NAMES.indexOf(name) % cases.length;
  return cases.filter((_, i) => IS_LONG || i === own);
}

/** Whether a test that comes with each command runs with this one: with all in the long run, with one of two in others. */
function isTried(name: string, parity: 0 | 1): boolean {
  return IS_LONG || NAMES.indexOf(name) % 2 === parity;
}

describe.each(NAMES)('ckpt %s', (name) => {
  // A script that a shell reads from its stdin would be taken for the argument, and would not run.
  it('takes no argument from stdin', async () => {
    const loaded = await COMMANDS[name]?.();
    for (const arg of Object.values(loaded?.default.args ?? {})) expect(arg).toMatchObject({ ignoreStdin: true });
  });

  it('has the flags of every command, and examples', async () => {
    const command = (await COMMANDS[name]?.())?.default;
    const flags = { ...command?.flags, ...command?.baseFlags };
    const shared = ['json', 'quiet', 'verbose', ...(WITHOUT_REPOSITORY.includes(name) ? [] : ['engine', 'repo'])];
    expect(Object.keys(flags)).toEqual(expect.arrayContaining(shared));
    expect({ quiet: flags.quiet?.char, repo: flags.repo?.char }).toEqual({
      quiet: 'q',
      repo: WITHOUT_REPOSITORY.includes(name) ? undefined : 'C',
    });
    expect(command?.examples?.length).toBeGreaterThan(0);
    for (const flag of shared) expect(flags[flag]?.summary).toMatch(/\S/);
  });

  it('prints one JSON document with --json in a repository with both layouts', () => {
    const { code, document } = json(name, name === 'sample' ? tempDir() : migrated);
    if (SCREENS.includes(name)) expect(document.error).toMatchObject({ code: 'NOT_A_TERMINAL' });
    else expect({ code, error: document.error }).toEqual({ code: 0, error: null });
  });

  it.runIf(isTried(name, 0))('prints one for a flag and an argument that it does not have', () => {
    // One that takes any number of folders has none too many.
    const tooMany = name === 'fleet merge' ? [] : [['too', 'many', '--', 'arguments']];
    for (const wrong of turn(name, [['--nope'], ...tooMany])) {
      expect(json(name, tempDir(), wrong)).toMatchObject({ code: 2, document: { ok: false } });
    }
  });

  it.skipIf([...WITHOUT_REPOSITORY, ...SCREENS].includes(name))('prints one where it cannot do its work', () => {
    for (const cwd of turn(name, [tempDir(), empty, broken])) {
      const { code, document } = json(name, cwd);
      if (cwd === empty || cwd === broken) expect(code).toBeLessThanOrEqual(3);
      else expect({ code, error: document.error.code }).toEqual({ code: 3, error: 'NOT_A_REPOSITORY' });
    }
  });

  it.runIf(isTried(name, 1) && !SCREENS.includes(name))('prints nothing with --quiet when all is well', () => {
    const cwd = name === 'sample' ? tempDir() : migrated;
    const run = ckpt([...name.split(' '), ...(ARGS[name] ?? []), '--quiet'], { cwd });
    expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

it.each(['verify', 'diff', 'repair', 'migrate'])('ckpt %s says the same where both layouts are one', (name) => {
  const { code, document } = json(name, migrated, ['--from', 'v1', '--to', 'v1']);
  expect(code).toBe(2);
  expect(document.error).toMatchObject({ code: 'SAME_LAYOUT', hint: 'Name two of v1, v2 and refs.' });
});
