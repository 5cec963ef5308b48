import type { JudgedFinding } from '../../verify/baseline/judged-report.ts';

/** Whether a finding is worth a line of its own: a note is a fact, of which there can be thousands, unless it fails. */
export function isListed({ fails, severity }: JudgedFinding): boolean {
  return fails || severity !== 'note';
}

/** Findings by their code and the layouts that they are about, in the order in which these first come. */
export function byCode(findings: readonly JudgedFinding[]): Map<string, [JudgedFinding, ...JudgedFinding[]]> {
  return groupBy(findings, ({ code, from, to }) => (from === undefined ? code : `${code} ${from} ${to}`));
}

/** The layouts that findings are about, behind their code; nothing for V1 and V2. */
export function layoutWords({ from, to }: JudgedFinding): string {
  return from === undefined ? '' : ` ${from} to ${to}`;
}

/** Findings by the checkpoint that they are about, `undefined` for none, in the order in which these first come. */
export function byCheckpoint(
  findings: readonly JudgedFinding[],
): Map<string | undefined, [JudgedFinding, ...JudgedFinding[]]> {
  return groupBy(findings, ({ checkpoint }) => checkpoint);
}

function groupBy<K>(
  findings: readonly JudgedFinding[],
  keyOf: (finding: JudgedFinding) => K,
): Map<K, [JudgedFinding, ...JudgedFinding[]]> {
  const groups = new Map<K, [JudgedFinding, ...JudgedFinding[]]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return groups;
}
