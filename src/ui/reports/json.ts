import type { JudgedReport } from '../../verify/judged-report.ts';
import { stringifyJson } from '../sanitize.ts';

/** The report itself: `docs/schema/verify.schema.json` describes it. */
export function jsonReport(report: JudgedReport): string {
  return `${stringifyJson(report)}\n`;
}
