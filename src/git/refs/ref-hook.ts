import type { RefMove } from './reflog.ts';

/** The states of a transaction that git passes to its `reference-transaction` hook (githooks). */
export type TransactionState = 'prepared' | 'committed' | 'aborted';

/** Runs the `reference-transaction` hook with these moves. In the state `prepared` it throws where the hook refuses them. */
export type RefHook = (state: TransactionState, moves: readonly RefMove[]) => Promise<void>;
