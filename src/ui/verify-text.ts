import type { VerifyReport } from '../verify/report.ts';
import { sanitize } from './sanitize.ts';
import { alignColumns, countOf, formatCount, formatDuration } from './words.ts';

/** One finding of a report. */
type Finding = VerifyReport['findings'][number];

/** Findings of one code that are printed one by one; the rest is counted. */
const MAX_LISTED = 10;

/** What a verification found, for a person to read: the verdict first, errors before warnings. Ends with a line feed. */
export function verifyText(report: VerifyReport): string {
  const parts = [[verdict(report), compared(report)]];
  for (const severity of ['error', 'warning'] as const) {
    for (const [code, findings] of byCode(report.findings, severity)) parts.push(listing(severity, code, findings));
  }
  const notes = byCode(report.findings, 'note');
  if (notes.size > 0) parts.push(folded(notes));
  parts.push(closing(report));
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdict({ consistent, findings }: VerifyReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.filter(({ severity }) => severity === 'warning').length;
  const tail = warnings === 0 ? '' : `, ${countOf(warnings, 'warning')}`;
  if (consistent) return `CONSISTENT: V2 holds everything that V1 holds${tail}.`;
  return `INCONSISTENT: ${countOf(errors, 'error')}${tail}.`;
}

function compared({ counts, v1 }: VerifyReport): string {
  const words = Object.entries(counts).map(([what, count]) => `${formatCount(count)} ${what}`);
  const source = v1 === null ? '' : ` of ${sanitize(v1.ref)}`;
  return `Compared${source}: ${words.join(', ')}.`;
}

function byCode(findings: readonly Finding[], severity: Finding['severity']): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.severity !== severity) continue;
    const group = groups.get(finding.code);
    if (group === undefined) groups.set(finding.code, [finding]);
    else group.push(finding);
  }
  return groups;
}

function listing(severity: string, code: string, findings: readonly Finding[]): string[] {
  const lines = findings.slice(0, MAX_LISTED).map((finding) => {
    const where = place(finding);
    return `  ${where === '' ? '' : `${where}: `}${sanitize(finding.message)}`;
  });
  const rest = findings.length - MAX_LISTED;
  if (rest > 0) lines.push(`  and ${formatCount(rest)} more; --json lists all`);
  return [`${severity} ${code} (${formatCount(findings.length)})`, ...lines];
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

function folded(notes: ReadonlyMap<string, readonly Finding[]>): string[] {
  const rows = [...notes].map(([code, findings]) => [
    `  ${formatCount(findings.length).padStart(7)}`,
    code,
    sanitize(findings[0]?.message ?? ''),
  ]);
  return ['Notes (facts about V1 itself, no failures; one example each, --json lists all):', ...alignColumns(rows)];
}

function closing({ consistent, durationMs, engine }: VerifyReport): string[] {
  const took = `Took ${formatDuration(durationMs)} with ${sanitize(engine)}.`;
  return consistent
    ? [took]
    : [
        took,
        'Next: ckpt migrate --rebuild writes V2 afresh from V1; it keeps the refs of before under refs/ckpt/backup/.',
      ];
}
