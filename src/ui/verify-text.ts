import type { JudgedFinding, JudgedReport } from '../verify/baseline/judged-report.ts';
import { alignColumns } from './align-columns.ts';
import { printedText } from './command-line.ts';
import { page } from './page.ts';
import type { About } from './reports/about.ts';
import { byCode, causesFirst, countAll, isListed, layoutWords } from './reports/group.ts';
import { fieldWords, listing } from './reports/listing.ts';
import { compared, gateLines, verdict } from './reports/verdict.ts';
import { tookLine } from './run-facts.ts';
import { formatCount } from './words.ts';

/** Lines that a screen of 24 rows shows with the verdict above them, also where some are broken. What is longer has it at its end again. */
const FITS = 12;

/**
 * What a verification found, for a person to read: the verdict first, causes before what follows from them, errors before warnings,
 * each code with what to do about it. Ends with a line feed.
 */
export function verifyText(report: JudgedReport, { kindOf, run }: Pick<About, 'kindOf' | 'run'>): string {
  const parts = [[verdict(report), ...gateLines(report), compared(report)]];
  const isNew = ({ status }: JudgedFinding) => status === 'new';
  const listed = report.findings.filter((finding) => isNew(finding) && isListed(finding));
  for (const { findings, following } of causesFirst(listed)) {
    const [first] = findings;
    const { meaning, remedy } = kindOf(first.code, first);
    const title = `${first.severity} ${first.code}${layoutWords(first)} (${formatCount(countAll(findings))}): ${meaning}`;
    const lines = [...listing(findings, following), `  What to do: ${remedy}`];
    parts.push([title, ...lines.map((line) => printedText(line, run.argv))]);
  }
  const each = report.unlistedCount === 0 ? 'each' : 'many';
  const notes = report.findings.filter((finding) => isNew(finding) && !isListed(finding));
  if (notes.length > 0) parts.push(folded(`Notes (facts, no failures; --json lists ${each}):`, notes, kindOf));
  const others = report.findings.filter((finding) => !isNew(finding));
  if (others.length > 0) parts.push(folded(`Known or ignored (--json lists ${each}):`, others, kindOf));
  const isLong = parts.flat().length > FITS;
  parts.push([...(isLong ? [verdict(report)] : []), tookLine(run)]);
  return page(parts);
}

function folded(title: string, findings: readonly JudgedFinding[], kindOf: About['kindOf']): string[] {
  const rows = [...byCode(findings).values()].map((group) => {
    const fields = fieldWords(group);
    return [
      `  ${formatCount(countAll(group)).padStart(7)}`,
      `${group[0].code}${layoutWords(group[0])}`,
      `${kindOf(group[0].code, group[0]).meaning}${fields === '' ? '' : ` ${fields}`}`,
    ];
  });
  return [title, ...alignColumns(rows)];
}
