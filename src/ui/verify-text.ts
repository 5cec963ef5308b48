import type { Finding, FindingCode, FindingKind, Severity } from '../verify/finding.ts';
import type { VerifyReport } from '../verify/report.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, countOf, formatCount, formatDuration } from './words.ts';

/** Findings of one code that are printed one by one; the rest is counted. */
const MAX_LISTED = 10;

/**
 * What a verification found, for a person to read: the verdict first, errors before warnings, each code with what to do
 * about it. `kindOf` explains a code. Ends with a line feed.
 */
export function verifyText(report: VerifyReport, kindOf: (code: FindingCode) => FindingKind): string {
  const parts = [[verdict(report), compared(report)]];
  for (const severity of ['error', 'warning'] as const) {
    for (const [code, findings] of byCode(report.findings, severity)) {
      parts.push(listing(`${severity} ${code}`, kindOf(code), findings));
    }
  }
  const notes = byCode(report.findings, 'note');
  if (notes.size > 0) parts.push(folded(notes, kindOf));
  parts.push([`Took ${formatDuration(report.durationMs)} with ${sanitize(report.engine)}.`]);
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdict({ consistent, counts }: VerifyReport): string {
  const warnings = counts.warnings === 0 ? '' : `, ${countOf(counts.warnings, 'warning')}`;
  if (consistent) return `CONSISTENT: V2 holds everything that V1 holds${warnings}.`;
  return `INCONSISTENT: ${countOf(counts.errors, 'error')}${warnings}.`;
}

function compared({ counts, v1 }: VerifyReport): string {
  const parts = [
    countOf(counts.checkpoints, 'checkpoint'),
    countOf(counts.sessions, 'session'),
    countOf(counts.commits, 'commit'),
    countOf(counts.generations, 'archived generation'),
  ];
  const current = `${formatCount(counts.currentCheckpoints)} in full/current`;
  return `Compared with ${sanitize(v1.ref)}: ${parts.join(', ')}, ${current}.`;
}

function byCode(findings: readonly Finding[], severity: Severity): Map<FindingCode, Finding[]> {
  const groups = new Map<FindingCode, Finding[]>();
  for (const finding of findings) {
    if (finding.severity !== severity) continue;
    const group = groups.get(finding.code);
    if (group === undefined) groups.set(finding.code, [finding]);
    else group.push(finding);
  }
  return groups;
}

function listing(name: string, kind: FindingKind, findings: readonly Finding[]): string[] {
  const lines = findings.slice(0, MAX_LISTED).map((finding) => {
    const where = place(finding);
    return `  ${where === '' ? '' : `${where}: `}${sanitize(finding.message)}`;
  });
  const rest = findings.length - MAX_LISTED;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more; --json lists all`);
  return [`${name} (${formatCount(findings.length)}): ${kind.meaning}`, ...lines, `  What to do: ${kind.remedy}`];
}

function place({ checkpoint, session, path, field, ref }: Finding): string {
  const parts: string[] = [];
  if (checkpoint !== undefined) parts.push(checkpoint);
  if (session !== undefined) parts.push(`session ${session}`);
  if (path !== undefined) parts.push(path);
  if (field !== undefined) parts.push(`field ${field}`);
  if (parts.length === 0 && ref !== undefined) parts.push(ref);
  return parts.map(sanitize).join(' ');
}

function folded(
  notes: ReadonlyMap<FindingCode, readonly Finding[]>,
  kindOf: (code: FindingCode) => FindingKind,
): string[] {
  const rows = [...notes].map(([code, findings]) => [
    `  ${formatCount(findings.length).padStart(7)}`,
    code,
    kindOf(code).meaning,
  ]);
  return ['Notes (facts, no failures; --json lists each):', ...alignColumns(rows)];
}
