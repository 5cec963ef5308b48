import { spawnSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appendTo } from '../../src/checkpoint/append-to.ts';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { greatest } from '../../src/checkpoint/greatest.ts';
import type { Difference } from '../../src/compare/difference.ts';
import { fillFields } from '../../src/compare/fill-fields.ts';
import { mergeSummary } from '../../src/compare/merge-summary.ts';
import type { PairedCheckpoint } from '../../src/compare/paired-checkpoint.ts';
import { compareSummary } from '../../src/compare/summary-differences.ts';
import { missingNumbers } from '../../src/generations/missing-numbers.ts';
import { type ObjectId, type RefName, toObjectId } from '../../src/git/object-id.ts';
import { ObjectOverlay } from '../../src/git/object-overlay.ts';
import { openRepository } from '../../src/git/open.ts';
import type { Repository } from '../../src/git/repository.ts';
import type { SessionView } from '../../src/layout/layout.ts';
import { surveyCheckpoint } from '../../src/layout/survey.ts';
import { codeSpan } from '../../src/ui/reports/code-span.ts';
import { transcriptsAmong } from '../../src/verify/deep/transcripts.ts';
import { CKPT, ckpt } from '../commands/ckpt.ts';
import { cleanEnvironment, git, gitBytes, initRepository } from '../fixtures/git.ts';
import { peakSaid, sayingPeak } from '../fixtures/peak-memory.ts';
import { BOTH_ENGINES, IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { mktree, plant, replant, smallBlob, V1 } from './plant.ts';

/** More than the arguments of a call that fit on the stack. */
const MANY = 300_000;

describe('very many of what a repository names', () => {
  test('fit where a call has no room for them as arguments', () => {
    const numbers = Array.from({ length: MANY }, (_, i) => i);
    expect(() => Math.max(...numbers)).toThrow(RangeError);
    expect(greatest(numbers, 0)).toBe(MANY - 1);
    expect(greatest([], -1)).toBe(-1);
    expect(codeSpan('` '.repeat(MANY))).toMatch(/^`` /);
  });

  test('take time in proportion', () => {
    const groups = new Map<string, number[]>();
    for (let n = 0; n < MANY; n++) appendTo(groups, 'one', n);
    expect(groups.get('one')?.length).toBe(MANY);
    const id = toObjectId('0'.repeat(40));
    const files = Array.from({ length: MANY }, (_, i) => {
      const below = i === 0 ? '0/full.jsonl' : `0/f${i}`;
      return { ref: 'refs/x', path: `1b/a10412649a/${below}`, id, checkpoint: '1ba10412649a', session: '0', below };
    });
    // A new list for each of them took more than four minutes.
    expect(transcriptsAmong(files)).toHaveLength(1);
  });
});

test('a summary that names files of very many sessions is looked at in time that fits it', () => {
  const id = 'a3b2c4d5e6f7' as CheckpointId;
  const blob = toObjectId('0'.repeat(40));
  const sessions = Array.from({ length: MANY / 3 }, (_, i): SessionView => {
    const path = `${i}/prompt.txt`;
    const ref = 'refs/x' as RefName;
    return { name: `${i}`, files: [{ path, role: 'prompts', mode: '100644', id: blob, ref }], transcript: undefined };
  });
  const listed = sessions.map(({ name }) => ({
    prompt: `/a3/b2c4d5e6f7/${name}/prompt.txt`,
    metadata: `/a3/b2c4d5e6f7/${name}/metadata.json`,
  }));
  const checkpoint = { id, at: { name: 'refs/x' as RefName, id: blob }, tree: blob, files: [], sessions };
  // Each path was looked for among all sessions, which took minutes.
  const { oddities } = surveyCheckpoint(
    { checkpoint, summary: { value: { sessions: listed } }, metadata: new Map(), absentMetadata: new Map() },
    [],
  );
  const dangling = oddities.filter(({ code }) => code === 'V1_DANGLING_PATH');
  expect(dangling.map(({ detail }) => detail)).toEqual(listed.map(({ metadata }) => metadata));
});

describe('summaries that list very many sessions', () => {
  const id = 'a3b2c4d5e6f7' as CheckpointId;
  const sessions = Array.from({ length: MANY / 6 }, (_, n) => ({ metadata: `/a3/b2c4d5e6f7/${n}/metadata.json` }));
  const names = sessions.map((_, n) => `${n}`);
  const numbers = new Map(names.map((name) => [name, name]));
  let repo: Repository;
  let trees: ObjectOverlay;
  const blob = (value: unknown) => trees.add('blob', Buffer.from(JSON.stringify(value)));

  beforeAll(async () => {
    const dir = initRepository({ dir: join(tempDir('file'), 'repo') });
    repo = await openRepository({ dir, engine: 'native', env: cleanEnvironment() });
    trees = new ObjectOverlay(repo);
  });

  afterAll(() => repo.close());

  // Each session was looked for among all of them.
  test('are merged in time that fits', async () => {
    const added = new Map(names.map((name) => [name, new Set<string>()]));
    const [v1, v2] = [blob({ sessions }), blob({ branch: 'main' })];
    const merged = await mergeSummary(trees, { checkpoint: id, v1, base: null, v2, numbers, added, hasOthers: true });
    const { sessions: listed } = JSON.parse(`${await trees.blob(merged.id as ObjectId)}`);
    expect(listed).toEqual(sessions);
  });

  test('get what they lack in time that fits', () => {
    const whole = sessions.map((one, n) => ({ ...one, prompt: `/a3/b2c4d5e6f7/${n}/prompt.txt` }));
    // Every other one is not listed, and the others lack a member.
    const there = sessions.filter((_, n) => n % 2 === 0);
    const found = whole.map((_, index): Difference => {
      const place = { part: 'main', path: 'metadata.json', index } as const;
      if (index % 2 === 1) return { ...place, kind: 'listed session' };
      return { ...place, kind: 'field', change: 'lost', field: 'prompt', member: 'prompt', weight: 'error' };
    });
    const bytes = (value: unknown) => Buffer.from(JSON.stringify(value, null, 2));
    const filled = fillFields(bytes({ sessions: there }), bytes({ sessions: whole }), found, new Map());
    const order = [...whole.filter((_, n) => n % 2 === 0), ...whole.filter((_, n) => n % 2 === 1)];
    expect(filled.equals(bytes({ sessions: order }))).toBe(true);
  });

  test('are compared in time that fits', async () => {
    const place = { part: 'main', ref: undefined, checkpoint: id, path: 'metadata.json' } as const;
    const paired = { trees, numbers, actual: { main: new Map(), full: [] } } as unknown as PairedCheckpoint;
    const other = [...sessions].reverse().map((one, n) => (n === 0 ? { ...one, prompt: 'x' } : one));
    const found = await compareSummary(paired, blob({ sessions }), blob({ sessions: other }), place);
    expect(found).toHaveLength(1);
  });
});

describe('an archive with the greatest number that a name can have', () => {
  test('the numbers before it are not all listed', () => {
    expect(missingNumbers(new Set([2, 4]), 1, 6)).toEqual([1, 3, 5]);
    expect(missingNumbers(new Set([1]), 1, 9_999_999_999_999)).toHaveLength(10_000);
  });

  test('commands go on', () => {
    const dir = join(tempDir(), 'sample');
    ckpt(['sample', dir]);
    ckpt(['migrate'], { cwd: dir });
    const full = 'refs/entire/checkpoints/v2/full';
    git(dir, 'update-ref', `${full}/9999999999999`, `${full}/current`);
    const status = ckpt(['status'], { cwd: dir });
    expect(status).toMatchObject({ code: 0 });
    expect(ckpt(['repair'], { cwd: dir })).toMatchObject({ code: 0 });
  });
});

/** A sample in which a session of V1 has so many files that git-refs lack. */
function lackingInRefs(count: number): string {
  const dir = join(tempDir(), 'sample');
  ckpt(['sample', dir]);
  ckpt(['migrate', '--to', 'refs'], { cwd: dir });
  const blob = smallBlob(dir);
  const files = Array.from({ length: count }, (_, i) => `100644 blob ${blob}\tf${i}`);
  replant(dir, '1b/a10412649a/0/planted', mktree(dir, files), V1);
  return dir;
}

test.runIf(IS_LONG)('a heap with very many findings does not grow to several times what is alive', () => {
  const dir = lackingInRefs(200_000);
  const { code, stderr } = ckpt(['verify', '--engine', 'native'], { cwd: dir, env: sayingPeak() });
  expect(code).toBe(1);
  // In kB. 500 to 560 MB without a bound.
  expect(peakSaid(stderr)).toBeLessThan(450_000);
});

test('very many findings are counted, and those that are alike listed up to a bound', () => {
  const dir = lackingInRefs(30_000);
  const verify = ['verify', '--from', 'v1', '--to', 'refs'];
  const output = join(dir, 'verify.json');
  expect(ckpt([...verify, '--format', 'json', '--output', output], { cwd: dir }).code).toBe(1);
  const { counts, gate, findings, unlistedCount } = JSON.parse(readFileSync(output, 'utf8'));
  expect(gate.failing).toBe(counts.errors);
  expect(counts.errors).toBeGreaterThan(30_000);
  expect(findings).toHaveLength(counts.errors + counts.warnings + counts.notes - unlistedCount);
  expect(findings.filter(({ code }: { code: string }) => code === 'FILE_MISSING')).toHaveLength(25_001);
  const baseline = ckpt([...verify, '--baseline', join(dir, 'b.json'), '--update-baseline'], { cwd: dir });
  expect(baseline).toMatchObject({ code: 2, stderr: expect.stringMatching(/TOO_MANY_FINDINGS|cannot name all/) });
  expect(ckpt([...verify, '--ignore', 'FILE_MISSING'], { cwd: dir }).stdout).toMatch(/30,000 findings ignored/);
});

test.runIf(IS_LONG)('a session with 200,000 files is compared in time and memory that fit it', () => {
  const dir = join(tempDir(), 'sample');
  ckpt(['sample', dir]);
  const blob = smallBlob(dir);
  const wide = Array.from({ length: 200_000 }, (_, i) => `100644 blob ${blob}\tf${i}`);
  plant(dir, '1b/a10412649a/0', mktree(dir, wide));
  for (const command of ['migrate --to v2', 'migrate --to refs', 'verify --deep', 'diff 1ba10412649a --to refs']) {
    const args = ['--max-old-space-size=160', CKPT, ...command.split(' ')];
    const run = spawnSync(process.execPath, args, {
      cwd: dir,
      env: cleanEnvironment(),
      timeout: 240_000,
      killSignal: 'SIGKILL',
    });
    expect({ command, signal: run.signal, code: run.status }).toEqual({ command, signal: null, code: 0 });
  }
});

test.runIf(IS_LONG)('a session with two million files is named, and takes no memory', () => {
  const dir = join(tempDir(), 'sample');
  ckpt(['sample', dir]);
  const id = Buffer.from(smallBlob(dir), 'hex');
  const entry = (_: unknown, i: number) => Buffer.concat([Buffer.from(`100644 f${String(i).padStart(7, '0')}\0`), id]);
  const input = Buffer.concat(Array.from({ length: 2_000_000 }, entry));
  const wide = gitBytes(dir, ['hash-object', '-w', '-t', 'tree', '--stdin', '--literally'], { input });
  plant(dir, '1b/a10412649a/0', wide.toString().trim());
  for (const command of ['migrate', 'list --quiet', 'show 1ba10412649a', 'verify --deep']) {
    const args = ['--max-old-space-size=100', CKPT, ...command.split(' ')];
    const run = spawnSync(process.execPath, args, { cwd: dir, env: cleanEnvironment(), encoding: 'utf8' });
    expect({ command, signal: run.signal, code: run.status }).toEqual({ command, signal: null, code: 1 });
    if (command !== 'verify --deep') expect(run.stderr).toContain('more than 64 MiB');
  }
});

test.runIf(IS_LONG).each(BOTH_ENGINES)(
  'metadata of more than a gigabyte is carried over, and not held (%s)',
  (engine) => {
    const dir = join(tempDir(), 'sample');
    ckpt(['sample', dir]);
    const zeros = join(tempDir(), 'zeros');
    writeFileSync(zeros, '');
    truncateSync(zeros, 2 ** 30 + 1);
    const id = git(dir, 'hash-object', '-w', zeros);
    plant(dir, '1b/a10412649a/0', mktree(dir, [`100644 blob ${id}\tmetadata.json`]));
    for (const packed of [false, true]) {
      if (packed) git(dir, '-c', 'core.bigFileThreshold=2g', 'repack', '-adq');
      const { code, stdout, stderr } = ckpt(['migrate', '--engine', engine], { cwd: dir, env: sayingPeak() });
      expect({ packed, code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(packed ? /./ : /metadata that is/),
      });
      expect(peakSaid(stderr)).toBeLessThan(300_000);
    }
  },
);
