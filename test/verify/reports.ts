import type { ObjectId } from '../../src/git/object-id.ts';
import type { About } from '../../src/ui/reports/about.ts';
import { judge, type PassRules } from '../../src/verify/baseline/judge-findings.ts';
import type { JudgedReport } from '../../src/verify/baseline/judged-report.ts';
import { FINDING_CODES, type Finding, kindOf } from '../../src/verify/finding.ts';
import type { VerifyReport } from '../../src/verify/report.ts';
import { runOf } from '../ui/run.ts';

const ID = 'a'.repeat(40) as ObjectId;

/** What a reporter is told besides the report. */
export const ABOUT: About = { run: { ...runOf('verify'), durationMs: 740 }, codes: FINDING_CODES, kindOf };

/** Nothing is ignored or known, errors fail. */
export const RULES: PassRules = { failOn: 'error', ignore: [], looksFor: () => true };

/** The report of a run that found these; its counts follow from them. */
export function reportOf(findings: readonly Finding[] = []): VerifyReport {
  const count = (wanted: Finding['severity']) => findings.filter(({ severity }) => severity === wanted).length;
  return {
    consistent: count('error') === 0,
    scope: null,
    source: { layout: 'v1', ref: 'refs/heads/entire/checkpoints/v1' },
    pairs: [],
    v1: { ref: 'refs/heads/entire/checkpoints/v1', tip: ID },
    v2: { main: ID, current: ID, archives: [] },
    counts: {
      commits: 6400,
      checkpoints: 3000,
      sessions: 4120,
      generations: 1,
      currentCheckpoints: 17,
      prunedTranscripts: 0,
      errors: count('error'),
      warnings: count('warning'),
      notes: count('note'),
    },
    findings,
  };
}

/** The same, judged. */
export function judgedOf(findings: readonly Finding[] = [], rules: Partial<PassRules> = {}): JudgedReport {
  return judge(reportOf(findings), { ...RULES, ...rules });
}
