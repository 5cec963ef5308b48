// `tsx scripts/docs-findings.ts`: writes the tables of docs/findings.md again, from src/verify/finding.ts and its rules for fields. A test
// compares the page with what this gives.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ODDITIES, type OddityCode } from '../src/checkpoint/oddity.ts';
import { FIELD_RULES } from '../src/compare/field-rules.ts';
import { type FindingKind, kindOf, LAYOUT_FINDINGS } from '../src/verify/finding.ts';

const PAGE = resolve(import.meta.dirname, '../docs/findings.md');

/** The page with its tables as the code has them; each stands between two marks that name it. */
export function withTables(page: string): string {
  return Object.entries(tables()).reduce((text, [name, table]) => {
    const [start, end] = [`<!-- ${name}: written by scripts/docs-findings.ts -->`, `<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/findings.md has no marks for the table "${name}"`);
    return `${text.slice(0, from)}${start}\n\n${table}\n\n${text.slice(to)}`;
  }, page);
}

function tables(): Record<string, string> {
  const findings = Object.entries<FindingKind>(LAYOUT_FINDINGS).map(
    ([code, { severity, needs, meaning, remedy, withoutBranch }]) => [
      `\`${code}\``,
      severity,
      needs === undefined ? meaning : `With \`${needs}\`: ${meaning.charAt(0).toLowerCase()}${meaning.slice(1)}`,
      withoutBranch === undefined
        ? remedy
        : `${remedy} Without V1: ${withoutBranch.charAt(0).toLowerCase()}${withoutBranch.slice(1)}`,
    ],
  );
  const oddities = (Object.keys(ODDITIES) as OddityCode[]).map((code) => [`\`${code}\``, kindOf(code).meaning]);
  const rules = FIELD_RULES.map(({ fields, lost, changed, added, why }) => [
    fields.length === 0 ? 'any other field' : fields.map((field) => `\`${field}\``).join(', '),
    lost,
    changed,
    added,
    why,
  ]);
  return {
    'field rules': table(['field', 'lost', 'changed', 'added', 'why'], rules),
    findings: table(['code', 'severity', 'meaning', 'what to do'], findings),
    oddities: table(['code', 'meaning'], oddities),
  };
}

function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
