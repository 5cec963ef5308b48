import { setTimeout as sleep } from 'node:timers/promises';
import { RefConflictError } from './errors.ts';

/** How often work is done again because somebody else moved a ref, and how long it waits before. */
export interface RetryOptions {
  readonly attempts: number;
  /** The longest wait before the second attempt, in milliseconds. It doubles with each further one, up to a second. */
  readonly firstWaitMs?: number;
  /** Told before each further attempt; the first one that is told has number 2. */
  readonly onRetry?: (attempt: number, reason: string) => void;
}

/** No wait is longer than this, in milliseconds. */
const LONGEST_WAIT_MS = 1000;

/**
 * Runs work that ends in a ref transaction, and runs it again from the start, with fresh state, when a ref was moved by
 * somebody else meanwhile. Waits a random time before each further attempt, so that writers do not stay in step. Throws the
 * last `RefConflictError` when the attempts are used up.
 */
export async function retryOnConflict<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, firstWaitMs = 20, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof RefConflictError) || attempt >= attempts) throw error;
      onRetry?.(attempt + 1, error.message);
      await sleep(Math.random() * Math.min(firstWaitMs * 2 ** (attempt - 1), LONGEST_WAIT_MS));
    }
  }
}
