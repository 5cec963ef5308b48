import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The process that holds locks, as the name of a folder: `<pid>-<start>-<nonce>@<host>`. `start` is when the process
 * started (kernel ticks; 0 where that is not known): another process that has the same id later is not taken for it. `host` includes the
 * PID namespace, since the processes of another container look dead from here.
 */
const OWNER = /^(\d+)-(\d+)-[0-9a-f]+@(.+)$/;

/** A new name for locks of this process. */
export function newLockOwner(): string {
  return `${process.pid}-${processStart(process.pid)?.start ?? 0}-${randomBytes(6).toString('hex')}@${hostTag()}`;
}

/** True where the process that this name stands for ran on this machine and certainly runs no more. */
export function isDeadLockOwner(name: string): boolean {
  const [, pid, start, host] = OWNER.exec(name) ?? [];
  if (host !== hostTag()) return false;
  const now = processStart(Number(pid));
  if (now === undefined) return !answers(Number(pid));
  return now.isZombie || (start !== '0' && String(now.start) !== start);
}

function hostTag(): string {
  let namespace = '';
  try {
    namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    // No Linux: there is one namespace.
  }
  return encodeURIComponent(namespace === '' ? hostname() : `${hostname()}.${namespace}`);
}

/** What `/proc` knows of a process (proc(5)); `undefined` where there is no such process, or no `/proc`. */
function processStart(pid: number): { start: number; isZombie: boolean } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { start: Number(fields[19]), isZombie: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
