import type { FindingCode, FindingKind } from '../../verify/finding.ts';
import type { JudgedReport } from '../../verify/judged-report.ts';

/** What a reporter needs to know besides the report. */
export interface About {
  /** ckpt's own version. */
  readonly version: string;
  /** Every code that there is. */
  readonly codes: readonly FindingCode[];
  /** Explains a code. */
  readonly kindOf: (code: FindingCode) => FindingKind;
}

/** Tells a report in one format: a pure function, whose text ends with a line feed where there is one. */
export type Reporter = (report: JudgedReport, about: About) => string;
