import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DUAL, writeSettings } from '../dual-write/run.ts';
import { cleanEnvironment, git, initRepository, refs } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { add, archive, ids, update } from '../migrate/checkpoints.ts';
import { listing } from '../migrate/support.ts';
import { HOUR, MANIFEST, V1_REF } from '../prune/support.ts';
import { ckpt } from './ckpt.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/prune.md'), 'utf8');
const HOURS = (count: number) => new Date(Date.now() - count * HOUR).toISOString();

/** A work tree with archives of 30 days, of 30 hours and of no age, two checkpoints each. */
function workTree(): string {
  const dir = initRepository({ dir: join(tempDir(), 'work') });
  const v1 = new V1Builder();
  [30 * 24, 30 * 24, 30, 30, 0, 0].forEach((hours, n) => {
    v1.checkpoint(ids(1, 6)[n] as string, { sessions: [{ createdAt: HOURS(hours) }] });
  });
  update(dir, v1);
  expect(ckpt(['migrate', '--max-checkpoints', '2', '-C', dir]).code).toBe(0);
  return dir;
}

/** Runs with `--json` and gives the document. */
function json(dir: string, engine: string, ...args: string[]) {
  const { code, stdout, stderr } = ckpt(['prune', ...args, '--json', '--engine', engine], { cwd: dir });
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

describe.each(ENGINES)('ckpt prune (%s)', (engine) => {
  it('says that a retention which is no number counts for nothing, unless another age is given', () => {
    const dir = workTree();
    writeSettings(dir, { strategy_options: { full_transcript_generation_retention_days: '90' } });
    const said = expect.stringMatching(/retention_days in .* is "90", which is not known: .* 14 days count/);
    const { stdout } = ckpt(['prune', '--json', '--engine', engine], { cwd: dir });
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [said], retention: { from: 'default' } });
    expect(json(dir, engine, '--older-than', '90d').warnings).toEqual([]);
    const { problems } = JSON.parse(ckpt(['status', '--json', '--engine', engine], { cwd: dir }).stdout);
    expect(problems).toContainEqual({ code: 'SETTING_UNKNOWN', message: said, commands: [] });
  });

  it('plans by the settings or --older-than, deletes with --apply, and brings back with --restore', () => {
    const dir = workTree();
    const before = refs(dir);
    const files = listing(join(dir, '.git'));
    const goes = (...args: string[]) =>
      json(dir, engine, ...args).archives.flatMap((found: { number: number; verdict: string }) =>
        found.verdict === 'prune' ? found.number : [],
      );
    expect(goes()).toEqual([1]);
    expect(goes('--older-than', '29h')).toEqual([1, 2]);
    expect(goes('--older-than', '31h')).toEqual([1]);
    expect(goes('--older-than', '1d', '--keep', '2')).toEqual([1]);
    expect(listing(join(dir, '.git'))).toEqual(files);
    writeSettings(dir, { strategy_options: { ...DUAL, full_transcript_generation_retention_days: 1 } });
    expect(goes()).toEqual([1, 2]);
    expect(json(dir, engine).retention).toEqual({ seconds: 86_400, from: 'settings', keep: 0 });

    expect(json(dir, engine, '--apply')).toMatchObject({ code: 0, status: 'pruned' });
    expect(refs(dir)[archive(1)]).toBeUndefined();
    expect(refs(dir)[archive(3)]).toBe(before[archive(3)]);
    // Neither migrate nor the mirror brings them back, and verify is content.
    const pruned = refs(dir);
    expect(ckpt(['migrate', '--max-checkpoints', '2'], { cwd: dir }).code).toBe(0);
    expect(ckpt(['dual-write'], { cwd: dir })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(refs(dir)).toEqual(pruned);
    const verified = ckpt(['verify', '--json'], { cwd: dir });
    expect({ code: verified.code, ...JSON.parse(verified.stdout).counts }).toMatchObject({
      code: 0,
      errors: 0,
      warnings: 0,
    });

    for (const number of [2, 1]) {
      expect(json(dir, engine, '--restore', String(number))).toMatchObject({ code: 0, status: 'restored', number });
    }
    // All is as before, but for the manifest, which counts restores.
    const here = Object.entries(refs(dir)).filter(([name]) => !name.startsWith('refs/ckpt/'));
    const { [MANIFEST]: counting, ...restored } = Object.fromEntries(here);
    const { [MANIFEST]: manifest, ...others } = before;
    expect(restored).toEqual(others);
    expect(counting).not.toBe(manifest);
    expect(json(dir, engine, '--restore', '1')).toMatchObject({ code: 3, error: { code: 'ARCHIVE_EXISTS' } });
    expect(json(dir, engine, '--restore', '9')).toMatchObject({ code: 3, error: { code: 'NO_BACKUP' } });
  });

  it('ends with 1 where a transcript exists nowhere else, and says what lets it go', () => {
    const dir = workTree();
    git(dir, 'update-ref', '-d', V1_REF);
    const before = refs(dir);
    expect(json(dir, engine)).toMatchObject({ code: 0, status: 'planned' });
    expect(json(dir, engine, '--apply')).toMatchObject({ code: 1, status: 'refused', isV1Absent: true });
    for (const quiet of [[], ['--quiet']]) {
      const { code, stdout } = ckpt(['prune', '--apply', ...quiet, '--engine', engine], { cwd: dir });
      expect(code).toBe(1);
      expect(stdout).toContain('There is no V1 branch here any more');
      expect(stdout).toContain('--allow-loss');
    }
    expect(refs(dir)).toEqual(before);
    expect(json(dir, engine, '--apply', '--allow-loss', '--no-backup')).toMatchObject({ code: 0, status: 'pruned' });
    expect(refs(dir, 'refs/ckpt/')).toEqual({});
    expect(refs(dir)[archive(1)]).toBeUndefined();
  });
});

describe('ckpt prune', () => {
  let dir: string;
  beforeAll(() => {
    dir = join(tempDir('file'), 'repo');
    mkdirSync(dir);
    add(new V1Builder(), 1, 3).write(dir);
    ckpt(['migrate', '--max-checkpoints', '2', '-C', dir]);
  });

  it.each([
    [['--older-than', '14'], 'ckpt prune: 14 is not an age'],
    [['--older-than', '-1d'], 'ckpt prune: '],
    [['--keep', '-1'], 'ckpt prune: '],
    [['--restore', '0'], 'ckpt prune: '],
    [['--restore', 'x'], 'ckpt prune: '],
    [['--restore', '1', '--apply'], 'ckpt prune: '],
    [['--restore', '1', '--no-backup'], 'ckpt prune: '],
  ])('%j is wrong usage', (args, beginning) => {
    const { code, stdout, stderr } = ckpt(['prune', ...args], { cwd: dir });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.slice(0, beginning.length)).toBe(beginning);
  });

  it('the commands of docs/prune.md work', () => {
    json(dir, 'native', '--apply');
    json(dir, 'native', '--restore', '1');
    git(dir, 'remote', 'add', 'origin', initRepository({ dir: tempDir(), bare: true }));
    for (const [, line = ''] of PAGE.matchAll(/^ckpt (prune[^#\n]*)/gm)) {
      if (!line.includes('--restore')) expect(ckpt(line.trim().split(/ +/), { cwd: dir }).code, line).toBe(0);
    }
    const shell = /^git for-each-ref.*\|.*$/m.exec(PAGE)?.[0].replace('20260102T030405678Z/', '');
    expect(refs(dir, 'refs/ckpt/backup/')).not.toEqual({});
    execFileSync('sh', ['-c', shell ?? 'false'], { cwd: dir, env: cleanEnvironment() });
    expect(refs(dir, 'refs/ckpt/backup/')).toEqual({});
  });
});
