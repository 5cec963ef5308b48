import type { FindingCode, Severity } from '../finding.ts';
import { fingerprintsOf } from '../fingerprint.ts';
import type { VerifyReport } from '../report.ts';
import { isAtLeast } from '../severity.ts';
import type { BaselineEntry } from './baseline-file.ts';
import type { FindingStatus, JudgedFinding, JudgedReport } from './judged-report.ts';

/** Findings that do not count: those of a code, in one checkpoint or in all. */
export interface IgnoreRule {
  readonly code: FindingCode;
  readonly checkpoint?: string;
}

/** A baseline that was read. */
export interface KnownFindings {
  /** The file as it was named. */
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
}

/** What decides whether a run passes. */
export interface PassRules {
  /** The least severity that fails. */
  readonly failOn: Severity;
  readonly ignore: readonly IgnoreRule[];
  readonly known?: KnownFindings | undefined;
  /** Whether the run looked for what an entry of the baseline is about. */
  readonly looksFor: (entry: BaselineEntry) => boolean;
}

/** Says of each finding whether it counts, and whether the run passes. What was found, and `consistent`, stay as they are. */
export function judge(report: VerifyReport, { failOn, ignore, known, looksFor }: PassRules): JudgedReport {
  const entries = known?.entries ?? [];
  const knownPrints = new Set(entries.map(({ fingerprint }) => fingerprint));
  const fingerprints = fingerprintsOf(report.findings);
  const findings = report.findings.map((finding, at): JudgedFinding => {
    const fingerprint = fingerprints[at] ?? '';
    const isIgnored = ignore.some((rule) => matches(rule, finding));
    const status: FindingStatus = isIgnored ? 'ignored' : knownPrints.has(fingerprint) ? 'known' : 'new';
    return { ...finding, status, fails: status === 'new' && isAtLeast(finding.severity, failOn), fingerprint };
  });
  const seen = new Set(fingerprints);
  const failing = findings.filter(({ fails }) => fails).length;
  const count = (wanted: FindingStatus) => findings.filter(({ status }) => status === wanted).length;
  return {
    ...report,
    gate: {
      passed: failing === 0,
      failOn,
      failing,
      known: count('known'),
      ignored: count('ignored'),
      baseline: known?.file ?? null,
      resolved: entries.filter((entry) => !seen.has(entry.fingerprint) && looksFor(entry)),
    },
    findings,
  };
}

function matches(rule: IgnoreRule, { code, checkpoint }: { code: string; checkpoint?: string }): boolean {
  return rule.code === code && (rule.checkpoint === undefined || rule.checkpoint === checkpoint);
}
