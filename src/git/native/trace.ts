import type { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type GitCall, gitCalls } from '../git-calls.ts';
import { withoutCredentials } from '../network.ts';

/**
 * Writes a line about a git that was started when it ends, where `CKPT_TRACE` asks for it: the time of day, how long it ran, its process,
 * how it ended, its words. As `GIT_TRACE` does (git): `1`, `2` and `true` mean stderr, an absolute path a file that is added to, all else
 * nothing. A file that can't be written is no reason to fail. URLs lose their user names and passwords. A log learns of the call in any case.
 */
export function traceGit(child: ChildProcess, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const target = env.CKPT_TRACE ?? '';
  const isFile = isAbsolute(target);
  const isTraced = isFile || /^(?:1|2|true)$/i.test(target);
  if (!isTraced && !gitCalls.hasSubscribers) return;
  const start = performance.now();
  child.once('close', (exitCode, signal) => {
    const milliseconds = performance.now() - start;
    gitCalls.publish({ args, child: child.pid, milliseconds, exitCode, signal } satisfies GitCall);
    if (!isTraced) return;
    const line = traceLine(new Date(), milliseconds, `${child.pid} ${signal ?? `exit ${exitCode}`}`, args);
    if (!isFile) process.stderr.write(line);
    else {
      try {
        appendFileSync(target, line);
      } catch {
        // As git: what is traced goes on.
      }
    }
  });
}

/** One line, whatever is in the words of the command. */
function traceLine(now: Date, milliseconds: number, end: string, args: readonly string[]): string {
  const words = args.map((word) => (/^[\w@%+=:,./^{}-]+$/.test(word) ? word : JSON.stringify(word)));
  const seconds = (milliseconds / 1000).toFixed(3);
  return `${now.toISOString().slice(11, 23)} ckpt trace: ${seconds} s, ${end}: ${withoutCredentials(`git ${words.join(' ')}`)}\n`;
}
