import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTables } from '../../scripts/docs-findings.ts';
import { ODDITIES } from '../../src/checkpoint/oddity.ts';
import { EXIT } from '../../src/commands/exit-codes.ts';
import { FORMATS } from '../../src/commands/report-targets.ts';
import { finding, kindOf, LAYOUT_FINDINGS } from '../../src/verify/finding.ts';

const page = (name: string) => readFileSync(resolve(import.meta.dirname, '../../docs', name), 'utf8');
const PAGE = page('findings.md');
const rows = (text: string) => text.split('\n').filter((line) => line.startsWith('| '));

describe('docs/findings.md', () => {
  it('has the tables that the code gives: npx tsx scripts/docs-findings.ts', () => {
    expect(PAGE).toBe(withTables(PAGE));
  });

  it('has every code once, with its severity, its meaning and what to do', () => {
    const found = rows(PAGE).flatMap((row) => /^\| `([A-Z][A-Z0-9_]+)` /.exec(row)?.[1] ?? []);
    expect(found).toEqual([...Object.keys(LAYOUT_FINDINGS), ...Object.keys(ODDITIES)]);
    const cells = rows(PAGE).map((row) => row.split('|').map((cell) => cell.trim()));
    for (const code of Object.keys(LAYOUT_FINDINGS) as Array<keyof typeof LAYOUT_FINDINGS>) {
      const { severity, needs, meaning, remedy, withoutBranch } = kindOf(code);
      const said = needs === undefined ? meaning : `With \`${needs}\`: ${meaning[0]?.toLowerCase()}${meaning.slice(1)}`;
      const alone = withoutBranch && ` Without V1: ${withoutBranch[0]?.toLowerCase()}${withoutBranch.slice(1)}`;
      expect(cells).toContainEqual(['', `\`${code}\``, severity, said, remedy + (alone ?? ''), '']);
      expect(finding(code, 'x').severity).toBe(severity);
    }
  });

  it('notices a table that is not as the code has it', () => {
    const stale = PAGE.replace('`COMMIT_MISSING`', '`COMMIT_LOST`');
    expect(withTables(stale)).toBe(PAGE);
    expect(() => withTables('no marks')).toThrow('has no marks');
  });
});

describe('docs/verify.md', () => {
  it('has every exit code', () => {
    const codes = rows(page('verify.md')).flatMap((row) => /^\| (\d+) /.exec(row)?.[1] ?? []);
    expect(codes.map(Number)).toEqual(Object.values(EXIT));
  });

  it('has a row for each format', () => {
    for (const format of FORMATS) expect(page('verify.md')).toMatch(new RegExp(`^\\| \`${format}\` `, 'm'));
  });
});
