import type { FindingCode } from '../../verify/finding.ts';
import type { JudgedFinding } from '../../verify/judged-report.ts';

/** Whether a finding is worth a line of its own: a note is a fact, of which there can be thousands, unless it fails. */
export function isListed({ fails, severity }: JudgedFinding): boolean {
  return fails || severity !== 'note';
}

/** Findings by their code, in the order in which the codes first come. */
export function byCode(findings: readonly JudgedFinding[]): Map<FindingCode, JudgedFinding[]> {
  return groupBy(findings, ({ code }) => code);
}

/** Findings by the checkpoint that they are about, `undefined` for none, in the order in which these first come. */
export function byCheckpoint(findings: readonly JudgedFinding[]): Map<string | undefined, JudgedFinding[]> {
  return groupBy(findings, ({ checkpoint }) => checkpoint);
}

function groupBy<K>(findings: readonly JudgedFinding[], keyOf: (finding: JudgedFinding) => K): Map<K, JudgedFinding[]> {
  const groups = new Map<K, JudgedFinding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return groups;
}
