import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { REPORT_SCHEMA_FILE, reportSchema } from '../../scripts/docs-schema.ts';
import { withTables } from '../../scripts/docs-verify.ts';
import { ODDITIES } from '../../src/checkpoint/oddity.ts';
import { EXIT } from '../../src/commands/exit-codes.ts';
import { FORMATS } from '../../src/commands/report-targets.ts';
import { jsonReport } from '../../src/ui/reports/json.ts';
import { finding, kindOf, LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import { FINDINGS, LOST, NOTED, WARNED } from '../ui/reports/samples.ts';
import { judgedOf } from '../verify/reports.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/verify.md'), 'utf8');
const rows = (page: string) => page.split('\n').filter((line) => line.startsWith('| '));

describe('docs/verify.md', () => {
  it('has the tables that the code gives: npx tsx scripts/docs-verify.ts', () => {
    expect(PAGE).toBe(withTables(PAGE));
  });

  it('has every code once, with its severity, its meaning and what to do', () => {
    const found = rows(PAGE).flatMap((row) => /^\| `([A-Z][A-Z0-9_]+)` /.exec(row)?.[1] ?? []);
    expect(found).toEqual([...Object.keys(LAYOUT_FINDINGS), ...Object.keys(ODDITIES)]);
    const cells = rows(PAGE).map((row) => row.split('|').map((cell) => cell.trim()));
    for (const code of Object.keys(LAYOUT_FINDINGS) as Array<keyof typeof LAYOUT_FINDINGS>) {
      const { severity, meaning, remedy } = kindOf(code);
      expect(cells).toContainEqual(['', `\`${code}\``, severity, meaning, remedy, '']);
      expect(finding(code, 'x').severity).toBe(severity);
    }
  });

  it('has every exit code', () => {
    const codes = rows(PAGE).flatMap((row) => /^\| (\d+) /.exec(row)?.[1] ?? []);
    expect(codes.map(Number)).toEqual(Object.values(EXIT));
  });

  it('notices a table that is not as the code has it', () => {
    const stale = PAGE.replace('`COMMIT_MISSING`', '`COMMIT_LOST`');
    expect(withTables(stale)).toBe(PAGE);
    expect(() => withTables('no marks')).toThrow('has no marks');
  });
});

describe('docs/schema/verify.schema.json', () => {
  const schema = JSON.parse(reportSchema());
  const known = {
    file: 'b.json',
    entries: judgedOf([LOST, WARNED]).findings.map(({ status, fails, severity, message, ...entry }) => entry),
  };
  const reports = [judgedOf(), judgedOf(FINDINGS), judgedOf([LOST, NOTED], { known, ignore: [{ code: NOTED.code }] })];

  it('is what the code has (npm run docs:schema writes it)', () => {
    expect(readFileSync(REPORT_SCHEMA_FILE, 'utf8')).toBe(reportSchema());
    expect(schema.properties.schemaVersion).toMatchObject({ const: 1 });
  });

  it('describes every report, and every key of one', () => {
    const fits = new Ajv({ allErrors: true }).compile(schema);
    const closed = new Ajv({ allErrors: true }).compile(withoutOthers(schema) as object);
    for (const report of reports) {
      const document = JSON.parse(jsonReport(report));
      for (const validate of [fits, closed]) {
        expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
      }
      expect(fits({ ...document, newer: 1 })).toBe(true);
      expect(fits({ ...document, gate: undefined })).toBe(false);
    }
  });

  it('has the keys that the page explains', () => {
    const keys = (properties: object) => Object.keys(properties).map((key) => `\`${key}\``);
    const { findings, gate, counts } = schema.properties;
    for (const key of [...keys(schema.properties), ...keys(findings.items.properties), ...keys(gate.properties)])
      expect(PAGE).toContain(key);
    expect(Object.keys(counts.properties)).toEqual(expect.arrayContaining(Object.keys(judgedOf().counts)));
    for (const format of FORMATS) expect(PAGE).toMatch(new RegExp(`^\\| \`${format}\` `, 'm'));
  });
});

/** The schema with no room for keys that it does not name. */
function withoutOthers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOthers);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutOthers(one)]));
  return 'properties' in value ? { ...inner, additionalProperties: false } : inner;
}
