import { setImmediate as nextTurn } from 'node:timers/promises';
import { CkptError } from '../checkpoint/errors.ts';
import type { Haltable } from '../git/haltable.ts';
import { movedWords } from '../git/ref-state.ts';
import type { Repository } from '../git/repository.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { shortId } from '../ui/words.ts';
import { EXIT } from './exit-codes.ts';

/** The signals that ask a program to end. */
type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a stop does besides: the view that must go first, and the words for the user. */
export interface StopHooks {
  /** Called at once when the signal comes. */
  readonly onSignal: () => void;
  /** Prints one line on stderr. */
  readonly say: (line: string) => void;
}

/**
 * Runs work on a repository so that Ctrl-C and SIGTERM end it safely: nothing new is written, a write under way is finished,
 * and the error that this throws says where the refs are, as read back. A second signal ends the process at once, which
 * leaves the refs as they were or as they should be, too.
 */
export async function stoppable<T>(target: Haltable, hooks: StopHooks, work: () => Promise<T>): Promise<T> {
  let stopped: Promise<CkptError> | undefined;
  const { promise: signalled, resolve: onStop } = withResolvers<StopSignal>();
  const onSignal = (signal: StopSignal): void => {
    if (stopped !== undefined) process.exit(exitCodeOf(signal));
    hooks.onSignal();
    if (target.isWriting())
      hooks.say('stopping when the write under way is finished; press Ctrl-C again to stop at once');
    stopped = stopError(target, signal);
    onStop(signal);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    const running = work();
    running.catch(() => undefined); // after a stop nobody waits for it
    const result = await Promise.race([running, signalled.then(() => STOPPED)]).catch(async (error: unknown) => {
      // Ctrl-C ends git's processes too, and that may be noticed a moment before the signal is.
      await nextTurn();
      if (stopped === undefined) throw error;
      return STOPPED;
    });
    if (result === STOPPED) throw await stopped;
    return result as T;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

const STOPPED = Symbol('stopped');

async function stopError(target: Haltable, signal: StopSignal): Promise<CkptError> {
  const message = `stopped by ${signal === 'SIGINT' ? 'Ctrl-C' : 'SIGTERM'}: ${await stateOfRefs(target)}`;
  const hint = 'The same command goes on from here.';
  return signal === 'SIGINT'
    ? new CkptError('INTERRUPTED', message, { hint, exitCode: EXIT.interrupted })
    : new CkptError('TERMINATED', message, { hint, exitCode: EXIT.terminated });
}

/** Where the refs are, in words, as they are read now. */
async function stateOfRefs({ halt, repo }: Haltable): Promise<string> {
  try {
    return `${movedWords(await halt())}; ${await mainWords(repo)}`;
  } catch (error) {
    return `the refs can't be read back (${(error as Error).message}); they were moved all together or not at all`;
  }
}

async function mainWords(repo: Repository): Promise<string> {
  const main = await repo.resolveRef(MAIN_REF);
  return main === undefined ? `there is no ${MAIN_REF}` : `${MAIN_REF} is at ${shortId(main)}`;
}

function exitCodeOf(signal: StopSignal): number {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
