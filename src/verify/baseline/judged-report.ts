import type { Finding, Severity } from '../finding.ts';
import type { VerifyReport } from '../report.ts';
import type { BaselineEntry } from './baseline-file.ts';

/** Where a finding stands: `known` is in the baseline, `ignored` was asked not to count; neither fails. */
export type FindingStatus = 'new' | 'known' | 'ignored';

/** A finding, and whether it counts. */
export interface JudgedFinding extends Finding {
  readonly status: FindingStatus;
  /** True where it is new and weighs enough: the run does not pass then. */
  readonly fails: boolean;
  /** 32 hex digits: the same for the same finding in every run. */
  readonly fingerprint: string;
}

/** Whether a run passes, and what decided it. */
export interface Gate {
  /** True where no finding fails: the exit code is 0 then. */
  readonly passed: boolean;
  /** The least severity that fails. */
  readonly failOn: Severity;
  /** New findings of at least that severity. */
  readonly failing: number;
  /** Findings of any severity that the baseline has. */
  readonly known: number;
  /** Findings of any severity that were asked to be ignored. */
  readonly ignored: number;
  /** The baseline's file as it was named; null where there is none. */
  readonly baseline: string | null;
  /** What the baseline has, this run looked for, and is not there any more. */
  readonly resolved: readonly BaselineEntry[];
}

/** What verify has found out, and whether it is enough to fail. `docs/schema/verify.schema.json` describes it. */
export interface JudgedReport extends VerifyReport {
  readonly gate: Gate;
  /** Findings that are counted, and stand in no list: `more` of those that do says which are like them. */
  readonly unlistedCount: number;
  readonly findings: readonly JudgedFinding[];
}
