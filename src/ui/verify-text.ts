import type { JudgedFinding, JudgedReport } from '../verify/baseline/judged-report.ts';
import type { FindingKind } from '../verify/finding.ts';
import { page } from './page.ts';
import type { About } from './reports/about.ts';
import { byCode, isListed, layoutWords } from './reports/group.ts';
import { findingLine } from './reports/place.ts';
import { compared, gateLines, verdict } from './reports/verdict.ts';
import { tookLine } from './run-facts.ts';
import { alignColumns, formatCount } from './words.ts';

/** Findings of one code that are printed one by one; the rest is counted. */
const MAX_LISTED = 10;

/**
 * What a verification found, for a person to read: the verdict first, errors before warnings, each code with what to do
 * about it. Ends with a line feed.
 */
export function verifyText(report: JudgedReport, { kindOf, run }: Pick<About, 'kindOf' | 'run'>): string {
  const parts = [[verdict(report), ...gateLines(report), compared(report)]];
  const isNew = ({ status }: JudgedFinding) => status === 'new';
  const listed = report.findings.filter((finding) => isNew(finding) && isListed(finding));
  for (const severity of ['error', 'warning', 'note'] as const) {
    const findings = listed.filter((finding) => finding.severity === severity);
    for (const group of byCode(findings).values()) {
      const [first] = group;
      parts.push(listing(`${severity} ${first.code}${layoutWords(first)}`, kindOf(first.code, first), group));
    }
  }
  const notes = report.findings.filter((finding) => isNew(finding) && !isListed(finding));
  if (notes.length > 0) parts.push(folded('Notes (facts, no failures; --json lists each):', notes, kindOf));
  const others = report.findings.filter((finding) => !isNew(finding));
  if (others.length > 0) parts.push(folded('Known or ignored (--json lists each):', others, kindOf));
  parts.push([tookLine(run)]);
  return page(parts);
}

function listing(name: string, kind: FindingKind, findings: readonly JudgedFinding[]): string[] {
  const lines = findings.slice(0, MAX_LISTED).map((finding) => `  ${findingLine(finding)}`);
  const rest = findings.length - MAX_LISTED;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more; --json lists all`);
  return [`${name} (${formatCount(findings.length)}): ${kind.meaning}`, ...lines, `  What to do: ${kind.remedy}`];
}

function folded(title: string, findings: readonly JudgedFinding[], kindOf: About['kindOf']): string[] {
  const rows = [...byCode(findings).values()].map((group) => [
    `  ${formatCount(group.length).padStart(7)}`,
    `${group[0].code}${layoutWords(group[0])}`,
    kindOf(group[0].code, group[0]).meaning,
  ]);
  return [title, ...alignColumns(rows)];
}
