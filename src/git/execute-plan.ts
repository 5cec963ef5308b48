import { setTimeout as sleep } from 'node:timers/promises';
import { BadObjectError, GitError, RefConflictError } from './errors.ts';
import { packFolder, packIndexNames } from './pack-folder.ts';
import { movedWords, readRefStates } from './ref-state.ts';
import type { ObjectWriter, RefUpdate, Repository } from './repository.ts';

/** What is to be done: objects that wait in `writer`, and the refs that move once they are stored. Empty `updates`: nothing. */
export interface WritePlan {
  readonly updates: readonly RefUpdate[];
  readonly writer?: ObjectWriter | undefined;
}

/** The phases of carrying a plan out, in their order. */
export const EXECUTING = ['write objects', 'move refs'] as const;

/** What is reported while a plan is carried out. */
export type ExecuteEvent =
  /** A phase begins, with its number of objects or refs. */
  | { readonly kind: 'phase'; readonly phase: (typeof EXECUTING)[number]; readonly total: number }
  /** Somebody else moved a ref, or repacked: the plan is made again. `attempt` counts from 2. */
  | { readonly kind: 'retry'; readonly attempt: number; readonly reason: string }
  /** The refs have moved, and something after that failed. */
  | { readonly kind: 'warning'; readonly message: string };

/** How a plan is carried out. */
export interface ExecuteOptions<P> {
  /** The line for the reflogs. */
  readonly message: string | ((plan: P) => string);
  /** Must not throw. */
  readonly onEvent?: ((event: ExecuteEvent) => void) | undefined;
}

/**
 * How often a plan is made at most. With eight busy writers a handful is usual; even one that loses seven races of eight gets through
 * but once in a million.
 */
export const MAX_ATTEMPTS = 100;
/** How often at most because an object was absent and the packs were others than before. */
const MAX_ABSENT = 3;
/** The longest wait before the second attempt, in milliseconds. It doubles with each further one, up to the limit. */
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1000;

/**
 * The one way in which commands write: makes a plan, stores its objects, and moves its refs in one transaction that compares their
 * old values. Where somebody else moved one meanwhile (`RefConflictError`, also out of `makePlan`), it makes a new plan from fresh
 * state after a random wait, so that writers do not stay in step; and so it does where an object was absent while packs came or went: a
 * repack may hide one. A plan that is given as a value is not tried again. Returns the plan that was carried out, or that had nothing to do.
 *
 * A `GitError` that comes out of the writing has in `state` what became of the refs, as read back. One that comes after all
 * refs have moved is a warning: the work is done.
 */
export async function executePlan<P extends WritePlan>(
  repo: Repository,
  makePlan: P | (() => Promise<P>),
  options: ExecuteOptions<P>,
): Promise<P> {
  // Until then no repack beside this run may delete what was stored.
  return attempts(repo, makePlan, options).finally(() => repo.releaseObjects());
}

async function attempts<P extends WritePlan>(
  repo: Repository,
  makePlan: P | (() => Promise<P>),
  options: ExecuteOptions<P>,
): Promise<P> {
  let absences = 0;
  for (let attempt = 1; ; attempt++) {
    let plan: P | undefined;
    const packs = await packsOf(repo);
    try {
      plan = typeof makePlan === 'function' ? await makePlan() : makePlan;
      if (plan.updates.length > 0) await carryOut(repo, plan, options);
      return plan;
    } catch (error) {
      const isHidden = error instanceof BadObjectError && packs !== (await packsOf(repo));
      const isOfMoment = error instanceof RefConflictError || (isHidden && ++absences < MAX_ABSENT);
      if (isOfMoment && typeof makePlan === 'function' && attempt < MAX_ATTEMPTS) {
        options.onEvent?.({ kind: 'retry', attempt: attempt + 1, reason: error.message });
        await sleep(Math.random() * Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS));
        continue;
      }
      if (plan === undefined || !(error instanceof GitError)) throw error;
      if (!(await hasMovedAll(repo, plan, error))) throw error;
      options.onEvent?.({ kind: 'warning', message: `${error.state}, but then this failed: ${error.message}` });
      return plan;
    }
  }
}

async function carryOut<P extends WritePlan>(repo: Repository, plan: P, options: ExecuteOptions<P>): Promise<void> {
  const { updates, writer } = plan;
  const { message, onEvent } = options;
  onEvent?.({ kind: 'phase', phase: 'write objects', total: writer?.pending ?? 0 });
  await writer?.flush();
  onEvent?.({ kind: 'phase', phase: 'move refs', total: updates.length });
  await repo.updateRefs(updates, typeof message === 'string' ? message : message(plan));
}

/** Puts into the error what became of the refs; true where they are all where the plan brings them, in spite of it. */
async function hasMovedAll(repo: Repository, { updates }: WritePlan, error: GitError): Promise<boolean> {
  try {
    const states = await readRefStates(repo, updates);
    error.state = movedWords(states);
    return states.every(({ ref, now }) => updates.some((update) => update.ref === ref && update.new === now));
  } catch (cause) {
    error.state = `the refs can't be read back: ${(cause as Error).message}`;
    return false;
  }
}

/** The packs that are here now, as one text: another one where a pack has come or gone. */
async function packsOf({ objectsDir }: Repository): Promise<string> {
  return (await packIndexNames(packFolder(objectsDir))).join('\n');
}
