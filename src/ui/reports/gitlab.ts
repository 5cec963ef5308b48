import type { JudgedReport } from '../../verify/baseline/judged-report.ts';
import type { Severity } from '../../verify/finding.ts';
import { stringifyJson } from '../sanitize.ts';
import { isListed } from './group.ts';
import { fileOf, findingLine } from './place.ts';

/** The severities of GitLab's Code Quality that stand for ours. */
const SEVERITY: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'minor', note: 'info' };

/**
 * The report as GitLab's Code Quality reads it (docs.gitlab.com/ci/testing/code_quality: a JSON array whose entries have
 * `description`, `check_name`, `fingerprint`, `severity` and `location`). What was asked to be ignored is left out, and so are
 * notes that do not fail; what is known is in it: GitLab compares with the target branch by itself.
 */
export function gitlabReport(report: JudgedReport): string {
  const issues = report.findings
    .filter((finding) => finding.status !== 'ignored' && isListed(finding))
    .map((finding) => ({
      type: 'issue',
      description: findingLine(finding),
      check_name: finding.code,
      categories: ['Compatibility'],
      fingerprint: finding.fingerprint,
      severity: SEVERITY[finding.severity],
      location: { path: fileOf(finding, report.v1.ref), lines: { begin: finding.line ?? 1 } },
    }));
  return `${stringifyJson(issues)}\n`;
}
