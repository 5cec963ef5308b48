import type { JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { Finding, FindingCode, FindingKind } from '../../verify/finding.ts';
import type { RunFacts } from '../run-facts.ts';

/** What a reporter needs to know besides the report. */
export interface About {
  readonly run: RunFacts;
  /** Every code that there is. */
  readonly codes: readonly FindingCode[];
  /** Explains a code, for the layouts that a finding is about. */
  readonly kindOf: (code: FindingCode, finding?: Pick<Finding, 'from' | 'to' | 'remote'>) => FindingKind;
}

/** Writes a report in one format: a pure function, whose text ends with a line feed where there is one. */
export type Reporter = (report: JudgedReport, about: About) => string;
