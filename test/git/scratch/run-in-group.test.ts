import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { runInGroup } from '../../../src/git/scratch/run-in-group.ts';
import { tempDir } from '../../fixtures/temp.ts';

/** Runs a script, which says the ids of its processes. */
async function run(script: string, limitMs = 30_000) {
  const cwd = tempDir();
  const running = new Set<number>();
  const options = { cwd, env: process.env, output: join(cwd, 'output'), limitMs, running };
  const ending = await runInGroup('sh', ['-c', script], options);
  expect(running.size).toBe(0);
  return ending;
}

async function expectGone(pids: string): Promise<void> {
  const alive = (pid: string) => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };
  // The init of some containers takes a moment to collect what has ended.
  for (let tries = 0; tries < 100 && pids.trim().split(/\s+/).some(alive); tries++) await sleep(100);
  expect(pids.trim().split(/\s+/).filter(alive)).toEqual([]);
}

it('waits for what goes on in the background, also silently', async () => {
  const script =
    '(sleep 0.3; echo late >late; cat late >&2) >/dev/null 2>&1 & echo said; (sleep 0.5; cat late) & exit 3';
  expect(await run(script)).toEqual({ exitCode: 3, output: 'said\nlate\n' });
});

it('ends all at the time limit', async () => {
  const { exitCode, output } = await run('echo $$; sleep 60 & echo $!; wait', 300);
  expect(exitCode).toBeNull();
  await expectGone(output);
});

it('ends what stays in the background', async () => {
  const { exitCode, output } = await run('sleep 60 & echo $!');
  expect(exitCode).toBe(0);
  await expectGone(output);
});

it('keeps the beginning of what is said', async () => {
  const { output } = await run('yes | head -c 1000000');
  expect(output).toBe('y\n'.repeat(1 << 15));
});

it('fails where there is no such program', async () => {
  const cwd = tempDir();
  const options = { cwd, env: {}, output: join(cwd, 'output'), limitMs: 1000, running: new Set<number>() };
  await expect(runInGroup('no-such-program', [], options)).rejects.toMatchObject({ code: 'GIT_FAILED' });
});
