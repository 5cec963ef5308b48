import type { JudgedFinding, JudgedReport } from '../../verify/baseline/judged-report.ts';
import { countOf, formatCount, formatDuration } from '../words.ts';
import type { About } from './about.ts';
import { codeSpan } from './code-span.ts';
import { byCode, countAll, isListed, layoutWords } from './group.ts';
import { placeWords, valueWords } from './place.ts';
import { compared, gateLines, verdict } from './verdict.ts';

/** Findings of one code that have a row; the rest is counted. */
const MAX_ROWS = 20;
/** UTF-8 bytes of all sections: GitHub refuses a summary of more than 1 MiB as a whole. */
const MAX_BYTES = 900_000;
/** Characters of a place or a message that are shown. */
const MAX_TEXT = 300;

/** The report for a job's summary or a comment: the verdict, what fails, and the rest folded. Always less than 1 MiB. */
export function markdownReport(report: JudgedReport, about: About): string {
  const { gate, findings } = report;
  const isShown = (finding: JudgedFinding) => finding.status === 'new' && isListed(finding);
  const listed = findings.filter(isShown);
  const folded = findings.filter((finding) => !isShown(finding));
  const parts = [
    `## ${gate.passed ? '✅' : '❌'} ckpt verify`,
    [verdict(report), ...gateLines(report)].map((line) => `**${escapeLine(line)}**`).join('\n\n'),
    escapeLine(compared(report)),
    ...bounded([...byCode(listed).values()].map((group) => section(group, about))),
    ...(folded.length === 0 ? [] : [foldedTable(folded, about)]),
    `Took ${formatDuration(about.run.durationMs)} with ${codeSpan(about.run.engine)}, ckpt ${about.run.version}.`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(findings: readonly [JudgedFinding, ...JudgedFinding[]], { kindOf }: About): string {
  const [first] = findings;
  const { meaning, remedy } = kindOf(first.code, first);
  const rows = findings.slice(0, MAX_ROWS).map((finding) => {
    const place = placeWords(finding);
    return `| ${place === '' ? '' : codeSpan(cut(place))} | ${codeSpan(cut(whatOf(finding)))} |`;
  });
  const rest = countAll(findings.slice(MAX_ROWS));
  return [
    `### ${first.severity} \`${first.code}\`${layoutWords(first)} (${formatCount(countAll(findings))})`,
    '',
    `${meaning} **What to do:** ${remedy}`,
    '',
    '| where | what |',
    '| --- | --- |',
    ...rows,
    ...(rest > 0 ? ['', `and ${formatCount(rest)} more`] : []),
  ].join('\n');
}

/** The first sections, as many as there is room for. */
function bounded(sections: readonly string[]): string[] {
  let room = MAX_BYTES;
  const shown = sections.filter((text) => {
    room -= Buffer.byteLength(text);
    return room >= 0;
  });
  const rest = sections.length - shown.length;
  return rest > 0 ? [...shown, `${countOf(rest, 'code')} more: see the other reports.`] : shown;
}

function foldedTable(findings: readonly JudgedFinding[], { kindOf }: About): string {
  const statuses = (group: readonly JudgedFinding[]) =>
    (['new', 'known', 'ignored'] as const)
      .map((status) => ({ status, count: countAll(group.filter((finding) => finding.status === status)) }))
      .filter(({ count }) => count > 0)
      .map(({ status, count }) => `${formatCount(count)} ${status}`)
      .join(', ');
  const rows = [...byCode(findings).values()].map((group) => {
    const [first] = group;
    const code = `\`${first.code}\`${layoutWords(first)}`;
    return `| ${code} | ${first.severity} | ${statuses(group)} | ${kindOf(first.code, first).meaning} |`;
  });
  return [
    `<details><summary>${countOf(countAll(findings), 'finding')} more: notes, known and ignored ones</summary>`,
    '',
    '| code | severity | count | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '</details>',
  ].join('\n');
}

function whatOf(finding: JudgedFinding): string {
  const values = valueWords(finding);
  return values === '' ? finding.message : `${finding.message}: ${values}`;
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

/** A line of ours with names of the repository in it: no character of it is markup. */
function escapeLine(line: string): string {
  const escaped = line.replace(/[\\`*_{}[\]<>#|~@]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`));
  // A bare URL would become a link.
  return escaped.replace(/:(?=\/\/)/g, '&#58;').replace(/\bwww\./gi, 'www&#46;');
}
