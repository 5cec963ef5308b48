import type { RefUpdate } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { Finding, FindingCode } from '../verify/finding.ts';
import type { VerifyReport } from '../verify/report.ts';

/** How a repair ended. */
export type RepairStatus =
  /** Verify found no error and no warning. */
  | 'nothing-to-do'
  /** Something was found, and nothing of it can be mended on top of what is there. */
  | 'nothing-mended'
  /** Refs were moved, or objects stored again. */
  | 'repaired'
  /** A dry run: refs would be moved. */
  | 'planned';

/** Findings of one code that the repair mends. */
export interface MendedGroup {
  readonly code: FindingCode;
  readonly meaning: string;
  readonly count: number;
  /** The checkpoints that they are about, each once. */
  readonly checkpoints: readonly string[];
}

/** A finding that stays, with the reason, and what to do about it. */
export interface LeftFinding {
  readonly finding: Finding;
  readonly reason: string;
  readonly remedy: string;
}

/** What verify says afterwards, but for notes. */
export interface Verified {
  readonly counts: { readonly errors: number; readonly warnings: number };
  readonly findings: readonly Finding[];
}

/** What a report says afterwards. */
export function verified({ counts, findings }: VerifyReport): Verified {
  const { errors, warnings } = counts;
  return { counts: { errors, warnings }, findings: findings.filter(({ severity }) => severity !== 'note') };
}

/** What a repair did to each layout that it was to mend, or in a dry run would do: the first, and the others. */
export interface RepairResult extends RepairedPair {
  /** Each after what was mended before it. */
  readonly others: readonly RepairedPair[];
}

/** What was mended in one layout by another. */
export interface RepairedPair {
  readonly status: RepairStatus;
  /** The layout that supplies what is mended, and the one that is mended. */
  readonly from: LayoutName;
  readonly to: LayoutName;
  readonly source: { readonly layout: LayoutName; readonly ref: string };
  readonly v1: { readonly ref: string; readonly tip: string | null };
  /** In the order in which verify gives their codes. */
  readonly mended: readonly MendedGroup[];
  /** Errors and warnings that stay. */
  readonly left: readonly LeftFinding[];
  /** The refs that moved, with the values before and after; `null` stands for "no such ref". */
  readonly refs: readonly RefUpdate[];
  /** The prefix below which refs are kept whose content was replaced, and which have no history; `null` where there is none. */
  readonly backup: string | null;
  readonly warnings: readonly string[];
  /** True where no error is left; in a dry run, where none would be. */
  readonly isWhole: boolean;
  /** `null` in a dry run. */
  readonly verified: Verified | null;
  readonly dryRun: boolean;
}
