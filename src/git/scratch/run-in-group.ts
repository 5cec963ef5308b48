import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { GitError } from '../errors.ts';
import { killGroup } from '../kill-group.ts';

/** How a program ended. */
export interface GroupEnding {
  /** `null` where it was ended, at its time limit. */
  readonly exitCode: number | null;
  /** What it said, and all that it started: the beginning. */
  readonly output: string;
}

interface GroupOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** A file for what is said. */
  readonly output: string;
  readonly limitMs: number;
  /** Has the process while it, or something that it started, is at work. */
  readonly running: Set<number>;
}

const MAX_OUTPUT = 1 << 16;

/** How long what a program has left in the background may go on, in milliseconds. */
const BACKGROUND_MS = 3000;

/** Runs a program in a process group of its own, until nothing of the group is left: what does not end by itself is ended. */
export async function runInGroup(
  program: string,
  args: readonly string[],
  options: GroupOptions,
): Promise<GroupEnding> {
  const { cwd, env, output, limitMs, running } = options;
  const file = await open(output, 'w+');
  try {
    const detached = process.platform !== 'win32'; // there it would get a window of its own
    // All that is started inherits the last one, also what says nothing: when it is closed, nothing is left.
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', file.fd, file.fd, 'pipe'],
      detached,
      windowsHide: true,
    });
    const group = child.pid;
    const pipe = child.stdio[3] as Duplex | undefined;
    const closed = pipe === undefined ? undefined : once(pipe.resume(), 'close').catch(() => undefined);
    if (group !== undefined) running.add(group);
    const limit = setTimeout(() => killGroup(group), limitMs);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (cause) =>
        reject(new GitError(`${program} could not be started: ${cause.message}`, { cause })),
      );
      child.once('exit', resolve);
    }).finally(() => clearTimeout(limit));
    const waiting = new AbortController();
    await Promise.race([closed, sleep(BACKGROUND_MS, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
    killGroup(group);
    pipe?.destroy();
    if (group !== undefined) running.delete(group);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_OUTPUT), 0, MAX_OUTPUT, 0);
    return { exitCode, output: buffer.toString('utf8', 0, bytesRead) };
  } finally {
    await file.close();
  }
}
