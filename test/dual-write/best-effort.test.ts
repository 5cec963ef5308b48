import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../fixtures/child.ts';
import { cleanEnvironment, git, gitBytes, refs } from '../fixtures/git.ts';
import { reference, V1_BRANCH, V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { v2Refs } from '../migrate/support.ts';
import {
  checkpointId,
  DUAL,
  documentOf,
  ENGINES,
  expectSilentMirror,
  expectVerified,
  failureLog,
  fileOf,
  lastRun,
  newRepository,
  run,
  runAsync,
  write,
  writeSettings,
} from './dual-write.ts';

/** What is in V2's way, and how it is taken away again. */
interface Obstacle {
  readonly code: RegExp;
  /** What the warning must name. */
  readonly names: RegExp;
  /** Puts it there; returns what takes it away. */
  readonly put: (dir: string) => () => void;
}

function lockOf(dir: string, ref: string): string {
  const lock = join(dir, '.git', `${ref}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, '');
  return lock;
}

const OBSTACLES: Readonly<Record<string, Obstacle>> = {
  'a lock that somebody left on main': {
    code: /^REF_LOCKED$/,
    names: /v2\/main is locked: .*main\.lock exists/,
    put: (dir) => {
      const lock = lockOf(dir, V2_MAIN);
      return () => rmSync(lock);
    },
  },
  'a lock that somebody left on full/current': {
    code: /^REF_LOCKED$/,
    names: /full\/current is locked/,
    put: (dir) => {
      const lock = lockOf(dir, V2_CURRENT);
      return () => rmSync(lock);
    },
  },
  'a main that was projected from another V1': {
    code: /^V1_REWRITTEN$/,
    names: /v2\/main/,
    put: (dir) => {
      const message = `Checkpoint: of another V1\n\nCkpt-V1-Commit: ${'0123456789'.repeat(4)}`;
      const files = 'deadbeef01/metadata.json';
      const index = { GIT_INDEX_FILE: join(dir, '.git', 'another-index') };
      const blob = gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: '{}' }).toString().trim();
      gitBytes(dir, ['update-index', '--add', '--cacheinfo', `100644,${blob},c0/${files}`], { env: index });
      const tree = gitBytes(dir, ['write-tree'], { env: index }).toString().trim();
      const was = refs(dir)[V2_MAIN];
      git(dir, 'update-ref', V2_MAIN, git(dir, 'commit-tree', '-m', message, tree));
      return () => (was === undefined ? git(dir, 'update-ref', '-d', V2_MAIN) : git(dir, 'update-ref', V2_MAIN, was));
    },
  },
  'a full/current that is a blob': {
    code: /^(?:BAD_REF|BAD_OBJECT)$/,
    names: /should be a commit, but is a blob/,
    put: (dir) => {
      const was = refs(dir)[V2_CURRENT] as string;
      git(dir, 'update-ref', V2_CURRENT, git(dir, 'hash-object', '-w', '.entire/settings.json'));
      return () => git(dir, 'update-ref', V2_CURRENT, was);
    },
  },
  'settings that are not JSON': {
    code: /^BAD_SETTINGS$/,
    names: /settings\.json can't be read/,
    put: (dir) => {
      writeSettings(dir, '{"strategy_options": {');
      return () => writeSettings(dir, { strategy_options: DUAL });
    },
  },
};

describe.each(ENGINES)('V2 fails, V1 is written (%s)', (engine) => {
  const env = { CKPT_ENGINE: engine };

  it.each(share(Object.keys(OBSTACLES), 5))('%s', async (name) => {
    const obstacle = OBSTACLES[name] as Obstacle;
    const dir = newRepository(DUAL);
    write(dir, documentOf(1), [], { env });
    const takeAway = obstacle.put(dir);
    const before = v2Refs(dir);
    const v1 = refs(dir)[V1_BRANCH];

    const input = JSON.stringify(documentOf(2));
    const { code, stdout, stderr } = run(dir, ['dual-write', '--from', '-', '--json'], { env, input });
    expect({ code, lines: stderr.split('\n').length - 1 }).toEqual({ code: 0, lines: 1 });
    expect(stderr).toMatch(/^ckpt dual-write: V2 is left as it is until the next run: /);
    expect(stderr).toMatch(obstacle.names);
    const result = JSON.parse(stdout);
    const { warnings } = result;
    expect(result).toMatchObject({ checkpoint: checkpointId(2), v2: 'failed' });
    expect(warnings).toHaveLength(1);
    expect(result.refs).toEqual([{ ref: V1_BRANCH, old: v1, new: refs(dir)[V1_BRANCH] }]);
    expect(fileOf(dir, V1_BRANCH, `${shardPath(checkpointId(2))}/0/full.jsonl`)).toBe(transcriptText('t2').trimEnd());
    expect(v2Refs(dir)).toEqual(before);
    expect(failureLog(dir)).toEqual([
      {
        at: expect.any(String),
        code: expect.stringMatching(obstacle.code),
        message: expect.stringMatching(obstacle.names),
      },
    ]);
    expect(lastRun(dir).outcome).toBe('failed');

    // The mirror comes off no better, and says so in as few words.
    const mirror = run(dir, ['dual-write'], { env });
    expect({ code: mirror.code, stdout: mirror.stdout, stderr: mirror.stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr,
    });
    expect(v2Refs(dir)).toEqual(before);

    takeAway();
    expectSilentMirror(dir, [], { env });
    expect(lastRun(dir).outcome).toBe('ok');
    expect(v2Refs(dir)[V2_MAIN]).toBe(reference(dir).main);
    await expectVerified(dir);
  });
});

/** A folder with a `git` that never answers these commands, for the front of a PATH. */
function hangingGit(...commands: string[]): { path: string; pids: () => number[] } {
  const folder = tempDir();
  const list = join(folder, 'pids');
  const [real] = (process.env.PATH ?? '').split(delimiter).filter((entry) => existsSync(join(entry, 'git')));
  const script = `#!/bin/sh
for word; do
  case $word in
    ${commands.join('|')}) echo "$$" >>'${list}'; exec sleep 600 ;;
  esac
done
exec '${real}/git' "$@"
`;
  writeFileSync(join(folder, 'git'), script);
  chmodSync(join(folder, 'git'), 0o755);
  const pids = () => (existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number) : []);
  return { path: `${folder}${delimiter}${cleanEnvironment().PATH}`, pids };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** The program starts, opens the repository and ends: on a busy machine that takes its time too. */
const SLACK = 60;
/** Long enough for it to reach what holds it up. */
const LIMIT = 5;

describe('--timeout', () => {
  /** A repository whose V2 lacks one checkpoint. */
  function behind(): string {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1));
    writeSettings(dir, { strategy_options: {} });
    write(dir, documentOf(2));
    writeSettings(dir, { strategy_options: DUAL });
    return dir;
  }

  it.each(ENGINES)('V2 is held up by a lock (%s)', async (engine) => {
    const dir = behind();
    const lock = lockOf(dir, V2_CURRENT);
    const before = v2Refs(dir);
    // Shorter than git waits for a lock by itself. A busy machine may not get as far as the lock.
    const { result, seconds } = await timed(() =>
      runAsync(dir, ['dual-write', '--timeout', '1'], { env: { CKPT_ENGINE: engine } }),
    );
    expect(seconds).toBeLessThan(1 + SLACK);
    const left = 'V2 is left as it is until the next run: V2 was not brought up within the time limit';
    const isThere = result.stderr === `ckpt dual-write: ${left}\n`;
    if (!isThere) expect(result.stderr).toMatch(/ did not answer within the time limit; the next run goes on\n$/);
    expect(result).toMatchObject({ code: 0, stdout: '' });
    if (isThere) {
      expect(lastRun(dir).outcome).toBe('timeout');
      expect(failureLog(dir)).toMatchObject([{ code: 'TIMEOUT' }]);
    }
    await delay(2500); // a git that waits for the lock gives up by itself
    expect(v2Refs(dir)).toEqual(before);
    rmSync(lock);
    expectSilentMirror(dir);
    expect(v2Refs(dir)[V2_MAIN]).toBe(reference(dir).main);
    await expectVerified(dir);
  });

  const hanging: ReadonlyArray<readonly [what: string, commands: readonly string[]]> = [
    ['objects are read', ['cat-file']],
    ['history is walked', ['rev-list', 'merge-base']],
    ['refs are read', ['for-each-ref']],
  ];
  it.each(share(hanging, 3))('git hangs while %s', async (_what, commands) => {
    const dir = behind();
    // A few commits are read without a walk.
    for (let n = 0; n < 9; n++) {
      git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', `Later ${n}`, '-p', V1_REF, `${V1_REF}^{tree}`));
    }
    const before = v2Refs(dir);
    const { path, pids } = hangingGit(...commands);
    const { result, seconds } = await timed(() =>
      runAsync(dir, ['dual-write', '--engine', 'native', '--timeout', String(LIMIT)], { env: { PATH: path } }),
    );
    expect(seconds).toBeLessThan(LIMIT + SLACK);
    expect(result).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringMatching(/^ckpt dual-write: .*limit\n$/),
    });
    expect(lastRun(dir).outcome).toBe('timeout');
    expect(v2Refs(dir)).toEqual(before);
    expect(pids().length).toBeGreaterThan(0);
    for (let waited = 0; waited < 30_000 && pids().some(isRunning); waited += 50) await delay(50);
    expect(pids().filter(isRunning)).toEqual([]);
    expectSilentMirror(dir);
    await expectVerified(dir);
  });

  it('git hangs from the start', async () => {
    const dir = behind();
    const { path, pids } = hangingGit('rev-parse');
    const { result, seconds } = await timed(() =>
      runAsync(dir, ['dual-write', '--engine', 'native', '--timeout', '1'], { env: { PATH: path } }),
    );
    expect(seconds).toBeLessThan(1 + SLACK);
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(result.stderr).toMatch(/^ckpt dual-write: the repository did not answer within the time limit; .*\n$/);
    for (let waited = 0; waited < 30_000 && pids().some(isRunning); waited += 50) await delay(50);
    expect(pids().filter(isRunning)).toEqual([]);
    expectSilentMirror(dir);
    await expectVerified(dir);
  });

  it('V1 is written before, with --from', async () => {
    const dir = newRepository(DUAL);
    write(dir, documentOf(1));
    const lock = lockOf(dir, V2_MAIN);
    const run = await runAsync(dir, ['dual-write', '--from', '-', '--timeout', '1', '--json'], {
      input: JSON.stringify(documentOf(2)),
    });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('within the time limit') });
    expect(JSON.parse(run.stdout)).toMatchObject({ checkpoint: checkpointId(2), v2: 'timeout' });
    expect(fileOf(dir, V1_BRANCH, `${shardPath(checkpointId(2))}/0/prompt.txt`)).toBe('Do task 2');
    await delay(2500);
    rmSync(lock);
    expectSilentMirror(dir);
    await expectVerified(dir);
  });
});
