import type { JudgedFinding, JudgedReport } from '../../verify/baseline/judged-report.ts';
import { sanitizeBlock } from '../sanitize.ts';
import { countOf } from '../words.ts';
import type { About } from './about.ts';
import { byCode, countAll, isListed } from './group.ts';
import { findingLine } from './place.ts';
import { compared, gateLines, verdict } from './verdict.ts';

/** GitHub shows ten annotations of one kind in a step, and drops the others without a word. */
const MAX_ANNOTATIONS = 10;

/**
 * What a step of a GitHub workflow prints: annotations, and the verdict as plain lines. What fails is an error there,
 * whatever its severity; other new errors and warnings are warnings; notes are in the job's summary alone. Where GitHub
 * would not show all of a kind, the last one counts the rest.
 */
export function githubReport(report: JudgedReport, { kindOf }: About): string {
  const failing = report.findings.filter(({ fails }) => fails);
  const others = report.findings.filter((finding) => !finding.fails && finding.status === 'new' && isListed(finding));
  return [
    ...annotations('error', failing, kindOf),
    ...annotations('warning', others, kindOf),
    ...[verdict(report), ...gateLines(report), compared(report)],
    '',
  ].join('\n');
}

function annotations(kind: 'error' | 'warning', findings: readonly JudgedFinding[], kindOf: About['kindOf']): string[] {
  const shown = findings.length > MAX_ANNOTATIONS ? findings.slice(0, MAX_ANNOTATIONS - 1) : findings;
  const lines = shown.map((finding) => {
    const { meaning, remedy } = kindOf(finding.code, finding);
    return annotation(kind, finding.code, `${findingLine(finding)}\n${meaning} ${remedy}`);
  });
  const rest = findings.slice(shown.length);
  if (rest.length === 0) return lines;
  const counts = [...byCode(rest)].map(([code, group]) => `${code}: ${countAll(group)}`);
  return [...lines, annotation(kind, `${countOf(countAll(rest), 'more finding')}`, counts.join('\n'))];
}

/**
 * A workflow command (docs.github.com/actions/reference/workflow-commands-for-github-actions), with what would end it or one
 * of its properties escaped as GitHub's own toolkit does.
 */
function annotation(kind: 'error' | 'warning', title: string, message: string): string {
  return `::${kind} title=${escapeProperty(`ckpt ${title}`)}::${escapeData(sanitizeBlock(message))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
