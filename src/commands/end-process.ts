import type { TimeLimit } from '../checkpoint/time-limit.ts';
import { exitAfterOutput } from './exit-after-output.ts';

/** What a run may take beyond its limit, in milliseconds: to say that the limit was reached, and to note it down. */
const GRACE_MS = 500;

/**
 * Ends the process once a limit is over, and with it a git that does not answer: nothing that commands with a limit do is left
 * half-way by that. `says` goes to stderr then. Returns a function that takes the end back.
 */
export function endProcessAfter(limit: TimeLimit, says?: string): () => void {
  const timer = setTimeout(() => {
    if (says !== undefined) process.stderr.write(`${says}\n`);
    exitAfterOutput();
  }, limit.left() + GRACE_MS).unref(); // while work is under way the process goes on by itself
  return () => clearTimeout(timer);
}
