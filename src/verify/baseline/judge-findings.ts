import type { FindingCode, Severity } from '../finding.ts';
import { FindingList, numberOf } from '../finding-list.ts';
import { withFingerprints } from '../fingerprint.ts';
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

/** Says of each finding whether it counts. */
export function* judgeEach(
  { findings }: Pick<VerifyReport, 'findings'>,
  { failOn, ignore, known }: Pick<PassRules, 'failOn' | 'ignore' | 'known'>,
): Generator<JudgedFinding> {
  const knownPrints = new Set((known?.entries ?? []).map(({ fingerprint }) => fingerprint));
  for (const [finding, fingerprint] of withFingerprints(findings)) {
    const isIgnored = ignore.some((rule) => matches(rule, finding));
    const status: FindingStatus = isIgnored ? 'ignored' : knownPrints.has(fingerprint) ? 'known' : 'new';
    yield { ...finding, status, fails: status === 'new' && isAtLeast(finding.severity, failOn), fingerprint };
  }
}

/** A field without the numbers of entries, as reports count it. */
const plainField = (field: string) => field.replace(/\[\d+\]/g, '[]');

/** What weighs and counts the same, about the same layouts, and a field whose number is shown. */
const standingOf = ({ code, from, to, severity, status, field }: JudgedFinding) =>
  `${code} ${from} ${to} ${severity} ${status} ${field === undefined ? '' : plainField(field)}`;

/**
 * Says of each finding whether it counts, and whether the run passes, and lists a bounded number of them. What was found, and
 * `consistent`, stay as they are. `most`: those of one standing that are listed.
 */
export function judge(report: VerifyReport, rules: PassRules, most?: number): JudgedReport {
  const { failOn, known, looksFor } = rules;
  const entries = known?.entries ?? [];
  const unseen = new Map(entries.map((entry) => [entry.fingerprint, entry]));
  const list = new FindingList({ roomOf: standingOf, keyOf: standingOf, each: 1 }, most);
  const counts = { all: 0, failing: 0, known: 0, ignored: 0 };
  // Of what is counted alone it can't be said whether it is still there.
  const counted = new Set<string>();
  for (const one of judgeEach(report, rules)) {
    const number = numberOf(one);
    counts.all += number;
    if (one.fails) counts.failing += number;
    if (one.status !== 'new') counts[one.status] += number;
    if (one.more !== undefined) counted.add(one.code);
    unseen.delete(one.fingerprint);
    list.push(one);
  }
  const findings = list.all();
  return {
    ...report,
    gate: {
      passed: counts.failing === 0,
      failOn,
      failing: counts.failing,
      known: counts.known,
      ignored: counts.ignored,
      baseline: known?.file ?? null,
      resolved: [...unseen.values()].filter((entry) => !counted.has(entry.code) && looksFor(entry)),
    },
    unlistedCount: counts.all - findings.length,
    findings,
  };
}

function matches(rule: IgnoreRule, { code, checkpoint }: { code: string; checkpoint?: string }): boolean {
  return rule.code === code && (rule.checkpoint === undefined || rule.checkpoint === checkpoint);
}
