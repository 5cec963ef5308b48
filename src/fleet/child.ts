import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { programWords } from '../shell/program-files.ts';

/** What a child of a fleet is to do, and what bounds it. */
export interface ChildTask {
  /** Words after `ckpt`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Sent to the child when it has started. */
  readonly message?: object | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number;
  /** Ends it before that. */
  readonly signal: AbortSignal;
}

/** How a child ended. */
export interface ChildEnding {
  readonly stdout: string;
  readonly exitCode: number | null;
  /** Why it has no result: the limit that it was ended at, or the signal that ended it; `undefined` where it ended by itself. */
  readonly ended: 'timeout' | 'output' | 'stopped' | NodeJS.Signals | undefined;
}

/** What a child that was asked to end gets, before it and all that it has started are killed, in milliseconds. */
const GRACE_MS = 3000;
/** Bytes of stdout that are kept: no document about one repository is longer. */
const MAX_OUTPUT = 32 * 1024 * 1024;

/**
 * Runs ckpt in a process of its own, so that whatever happens there stays there. It is in a process group of its own and ends
 * with the channel to this process: also where this process is killed (`end-with-parent.ts`). Throws nothing: where it can't be
 * started, `exitCode` is `null`.
 */
export async function runChild(task: ChildTask): Promise<ChildEnding> {
  const { args, env, message, timeoutMs, signal } = task;
  if (signal.aborted) return { stdout: '', exitCode: null, ended: 'stopped' };
  const isDetached = process.platform !== 'win32'; // there it would get a window of its own
  const [program, ...words] = programWords();
  const stdio: ['ignore', 'pipe', 'ignore', 'ipc'] = ['ignore', 'pipe', 'ignore', 'ipc'];
  const child = spawn(program, [...words, ...args], { env, detached: isDetached, windowsHide: true, stdio });
  let ended: ChildEnding['ended'];
  let killing: NodeJS.Timeout | undefined;
  const end = (why: NonNullable<ChildEnding['ended']>) => {
    if (ended !== undefined) return;
    ended = why;
    if (child.connected) child.disconnect();
    killing = setTimeout(() => killGroup(child, isDetached), GRACE_MS);
  };
  const onAbort = () => end('stopped');
  const timer = setTimeout(() => end('timeout'), timeoutMs);
  signal.addEventListener('abort', onAbort);
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT) end('output');
    else chunks.push(chunk);
  });
  if (message !== undefined) child.send(message, () => undefined); // one that is gone is seen by its end
  const [exitCode, endedBy] = await endOf(child);
  clearTimeout(timer);
  clearTimeout(killing);
  signal.removeEventListener('abort', onAbort);
  return { stdout: Buffer.concat(chunks).toString('utf8'), exitCode, ended: ended ?? endedBy ?? undefined };
}

/** Waits for the process, and for its output: not for long, since a program that it has started may hold the pipe open. */
async function endOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  const isRead = new Promise<void>((resolve) => child.stdout?.once('close', resolve));
  // Not `close`: it does not come where this side has left the channel.
  const ended = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('error', () => resolve([null, null]));
    child.once('exit', (code, signal) => resolve([code, signal]));
  });
  const waiting = new AbortController();
  await Promise.race([isRead, wait(GRACE_MS, undefined, { signal: waiting.signal }).catch(() => undefined)]);
  waiting.abort();
  return ended;
}

function killGroup(child: ChildProcess, isGroup: boolean): void {
  try {
    if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It is gone.
  }
}
