import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GatedGit } from '../fixtures/gated-git.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { checkpointId, DUAL, ENGINES, expectVerified, failureLog, lastRun, newRepository, run } from './dual-write.ts';
import { writeSettings } from './run.ts';

/** A repository with hooks that leave the mirror to the background, and a V1 that grows. */
function prepared(engine: string) {
  const dir = newRepository(DUAL);
  const v1 = new V1Builder();
  v1.init();
  const grow = (n: number) => {
    v1.checkpoint(checkpointId(n), { sessions: [{ createdAt: new Date(1.76e12 + n * 3.6e6).toISOString() }] });
    v1.write(dir, { init: false });
  };
  expect(run(dir, ['hooks', 'install', '--git', '--background']).code).toBe(0);
  const env = { CKPT_ENGINE: engine };
  return { dir, grow, env };
}

/** A gate in the way of each worker, but not of the commit. */
function gated(dir: string) {
  const folder = join(tempDir(), 'gate');
  const gate = new GatedGit(folder, 'for-each-ref');
  onTestFinished(() => gate.open());
  const hook = join(dir, '.git/hooks/post-commit');
  writeFileSync(hook, readFileSync(hook, 'utf8').replace(/^ {2}unset /m, `  PATH='${folder}':$PATH\n$&`));
  return gate;
}

/** The processes that are at work; one at most. */
function workers(dir: string): number[] {
  const folder = join(dir, '.git/ckpt/background/worker');
  try {
    return readdirSync(folder).map((owner) => Number.parseInt(owner, 10));
  } catch {
    return [];
  }
}

/** Waits for what comes in the background. */
async function eventually(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !holds(); waited += 50) {
    if (waited > 60_000) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const commit = (dir: string, env: Readonly<Record<string, string>> = {}) => {
  const { status, stderr } = gitResult(dir, ['commit', '-q', '--allow-empty', '-m', 'x'], { env });
  expect([status, stderr]).toEqual([0, '']);
};

const isInStep = (dir: string) => {
  const { coverage } = JSON.parse(run(dir, ['status', '--json']).stdout);
  return coverage.relation === 'same';
};

/** What was asked for is done: nobody is at work, and nothing is left to do. */
function isIdle(dir: string): boolean {
  const requests = join(dir, '.git/ckpt/background/requests');
  return workers(dir).length === 0 && existsSync(requests) && readdirSync(requests).length === 0;
}

/** All that was asked for is done, and it was all of V1. */
async function expectDone(dir: string, n: number): Promise<void> {
  await eventually(() => isIdle(dir) && isInStep(dir), 'the end of the work');
  expect(git(dir, 'ls-tree', '-r', '--name-only', 'refs/entire/checkpoints/v2/main')).toContain(
    `${checkpointId(n).slice(0, 2)}/${checkpointId(n).slice(2)}/metadata.json`,
  );
  expect(lastRun(dir).outcome).toBe('ok');
  expect(failureLog(dir)).toEqual([]);
  await expectVerified(dir);
}

describe('ckpt hooks install --background', () => {
  it('commits do not wait for a mirror that is held up; one works, and nothing is lost', async () => {
    const { dir, grow } = prepared('native');
    const gate = gated(dir);
    grow(1);
    commit(dir);
    await gate.arrival();
    const [first, ...others] = workers(dir);
    expect(others).toEqual([]);
    expect(JSON.parse(run(dir, ['hooks', 'status', '--json']).stdout)).toMatchObject({
      isBackground: true,
      isWorking: true,
    });
    for (let n = 2; n <= 11; n++) {
      grow(n);
      commit(dir);
    }
    expect(workers(dir)).toEqual([first]);
    expect(gitResult(dir, ['rev-parse', '-q', '--verify', 'refs/entire/checkpoints/v2/main']).status).toBe(1);
    gate.open();
    await expectDone(dir, 11);
    const status = run(dir, ['hooks', 'status']).stdout;
    expect(status).toContain('Hooks return at once: the mirror runs in the background (ckpt.background).');
    expect(status).not.toContain('It is at work now.');
  });

  it('a worker that was killed is replaced, and what it had begun is done', async () => {
    const { dir, grow } = prepared('native');
    const gate = gated(dir);
    grow(1);
    commit(dir);
    await gate.arrival();
    const first = Number(workers(dir)[0]);
    expect(first).toBeGreaterThan(1);
    process.kill(-first, 'SIGKILL'); // with the git that it waits for
    await eventually(() => !JSON.parse(run(dir, ['hooks', 'status', '--json']).stdout).isWorking, 'its death');
    expect(readdirSync(join(dir, '.git/ckpt/background/requests'))).toHaveLength(1);
    gate.open();
    grow(2);
    commit(dir);
    await expectDone(dir, 2);
  });

  it.each(ENGINES)('ten commits in a row (%s)', async (engine) => {
    const { dir, grow, env } = prepared(engine);
    for (let n = 1; n <= 10; n++) {
      grow(n);
      commit(dir, env);
    }
    await expectDone(dir, 10);
  });

  it('each worktree by its own settings; one that is gone is noted, and stops nothing', async () => {
    const { dir, grow } = prepared('native');
    git(dir, 'add', '.entire');
    git(dir, '-c', 'core.hooksPath=/nowhere', 'commit', '-q', '-m', 'settings');
    const [off, gone] = [join(tempDir(), 'off'), join(tempDir(), 'gone')];
    for (const tree of [off, gone]) git(dir, 'worktree', 'add', '-q', '--detach', tree);
    writeSettings(off, { strategy_options: { checkpoints_v2: false } }, 'settings.local.json');
    const gate = gated(dir);
    grow(1);
    commit(gone);
    await gate.arrival();
    commit(off);
    grow(2);
    commit(dir);
    await eventually(() => readdirSync(join(dir, '.git/ckpt/background/requests')).length === 2, 'a second request');
    rmSync(gone, { recursive: true });
    gate.open();
    await eventually(() => isIdle(dir) && isInStep(dir), 'the end of the work');
    await expectVerified(dir);
  });

  it.each(ENGINES)(
    'a work tree that only GIT_DIR joins to its repository, inside of another one (%s)',
    async (engine) => {
      const { dir, grow } = prepared(engine);
      const outer = newRepository(DUAL);
      const workTree = join(outer, 'tree');
      mkdirSync(workTree);
      cpSync(join(dir, '.entire'), join(workTree, '.entire'), { recursive: true });
      grow(1);
      const env = { CKPT_ENGINE: engine, GIT_DIR: join(dir, '.git'), GIT_WORK_TREE: workTree };
      commit(workTree, env);
      await expectDone(dir, 1);
      expect(existsSync(join(outer, '.git/ckpt'))).toBe(false);
    },
  );

  it('a failure is noted and shown', async () => {
    const { dir, grow, env } = prepared('native');
    grow(1);
    commit(dir, env);
    await expectDone(dir, 1);
    git(dir, 'update-ref', 'refs/entire/checkpoints/v2/full/current', git(dir, 'hash-object', '-w', '--stdin'));
    grow(2);
    commit(dir, env);
    await eventually(() => lastRun(dir).outcome === 'failed' && isIdle(dir), 'a failed run');
    expect(JSON.parse(run(dir, ['status', '--json']).stdout).problems).toContainEqual(
      expect.objectContaining({ code: 'MIRROR_FAILED' }),
    );
  });

  it('--no-background and uninstall end it; without dual-write nothing is started', async () => {
    const { dir, grow, env } = prepared('native');
    expect(git(dir, 'config', 'ckpt.background')).toBe('true');
    run(dir, ['hooks', 'install', '--git', '--no-background']);
    grow(1);
    commit(dir, env);
    expect(isInStep(dir)).toBe(true);
    run(dir, ['hooks', 'install', '--git', '--background']);
    run(dir, ['hooks', 'uninstall', '--git']);
    expect(gitResult(dir, ['config', '--get', 'ckpt.background']).status).toBe(1);
    const { dir: other } = prepared('native');
    writeSettings(other, {});
    const result = run(other, ['dual-write', '--hook', 'git', '--json']);
    expect(JSON.parse(result.stdout)).toMatchObject({ v2: 'off', targets: [] });
    expect(workers(other)).toEqual([]);
  });
});
