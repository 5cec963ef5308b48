import type { ObjectWriter, RefUpdate } from '../git/repository.ts';
import type { Finding } from '../verify/finding.ts';
import type { Reason } from './unmended.ts';

/** What is to be done: a value without side effects. Its objects wait in `writer`. */
export interface RepairPlan {
  /** In the order in which they should be written: `main` comes last. */
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter | undefined;
  /** Why a finding is not mended by this plan; `undefined` for one that is. */
  readonly reasonOf: (finding: Finding) => Reason | undefined;
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

/** A plan that does nothing, since nothing can be compared. */
export function emptyPlan(reason: Reason | undefined): RepairPlan {
  return { updates: [], writer: undefined, reasonOf: () => reason, backup: null, warnings: [] };
}
