import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { sarifReport } from '../../../src/ui/reports/sarif.ts';
import { FINDING_CODES, kindOf } from '../../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../../verify/reports.ts';
import { A, AT_LINE, CONTROL, FINDINGS, LOST, NASTY, NOTED, WARNED } from './samples.ts';

const SCHEMA = resolve(import.meta.dirname, '../../fixtures/schemas/sarif-2.1.0.schema.json');
// Draft 4 names its id otherwise; nothing else in this schema differs from what ajv reads.
const { $schema: _, id: $id, ...schema } = JSON.parse(readFileSync(SCHEMA, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const fits = ajv.compile({ $id, ...schema });

const sarifOf = (...args: Parameters<typeof judgedOf>) => JSON.parse(sarifReport(judgedOf(...args), ABOUT));

describe('sarifReport', () => {
  it.each([
    ['with nothing', []],
    ['with findings', FINDINGS],
  ])('fits the schema of SARIF 2.1.0 %s', (_name, findings) => {
    const log = sarifOf(findings, { ignore: [{ code: 'FIELD_LOST' }] });
    expect({ fits: fits(log), errors: fits.errors }).toEqual({ fits: true, errors: null });
    expect(fits({ ...log, version: '2.0.0' })).toBe(false);
  });

  it('has the table of codes as its rules, with what to do', () => {
    const { driver } = sarifOf(FINDINGS).runs[0].tool;
    expect(driver).toMatchObject({ name: 'ckpt', version: '1.2.3' });
    expect(driver.rules.map(({ id }: { id: string }) => id)).toEqual(FINDING_CODES);
    const { meaning, remedy } = kindOf('GENERATION_TOO_LARGE');
    expect(driver.rules.find(({ id }: { id: string }) => id === 'GENERATION_TOO_LARGE')).toMatchObject({
      shortDescription: { text: meaning },
      help: { text: `What to do: ${remedy}` },
      defaultConfiguration: { level: 'warning' },
    });
  });

  it('says of each finding its level, its places from large to small, and a fingerprint', () => {
    const judged = judgedOf([LOST, WARNED]);
    const [lost, warned] = sarifOf([LOST, WARNED]).runs[0].results;
    expect(lost).toMatchObject({
      ruleId: 'FIELD_LOST',
      level: 'error',
      partialFingerprints: { 'ckptFinding/v1': judged.findings[0]?.fingerprint },
    });
    expect(lost.suppressions).toBeUndefined();
    const [location] = lost.locations;
    expect(location.physicalLocation.artifactLocation.uri).toBe('a3/b2c4d5e6f7/2/metadata.json');
    expect(location.logicalLocations).toEqual([
      { kind: 'checkpoint', name: A, fullyQualifiedName: A },
      { kind: 'session', name: '2', fullyQualifiedName: `${A} › 2` },
      { kind: 'path', name: LOST.path, fullyQualifiedName: `${A} › 2 › ${LOST.path}` },
      { kind: 'field', name: 'agent', fullyQualifiedName: `${A} › 2 › ${LOST.path} › agent` },
    ]);
    expect(warned).toMatchObject({ level: 'warning' });
    const [atLine] = sarifOf([AT_LINE]).runs[0].results;
    expect(atLine.locations[0].physicalLocation.region).toEqual({ startLine: 7 });
    expect(warned.locations[0].logicalLocations).toMatchObject([{ kind: 'ref', name: WARNED.ref }]);
  });

  it('leaves out notes, unless they fail', () => {
    expect(sarifOf([NOTED]).runs[0].results).toEqual([]);
    expect(sarifOf([NOTED], { failOn: 'note' }).runs[0].results).toMatchObject([{ ruleId: NOTED.code, level: 'note' }]);
  });

  it('suppresses what is known or ignored', () => {
    const known = judgedOf([WARNED]).findings;
    const { results } = sarifOf([LOST, WARNED], {
      ignore: [{ code: 'FIELD_LOST', checkpoint: A }],
      known: { file: 'b.json', entries: known },
    }).runs[0];
    expect(results).toMatchObject([
      { suppressions: [{ kind: 'external', justification: 'Its code is ignored by --ignore.' }] },
      { suppressions: [{ kind: 'external', justification: 'The baseline has it.' }] },
    ]);
  });

  it('hands on no control character, in any string', () => {
    const log = sarifOf([{ ...LOST, message: NASTY, path: NASTY, field: NASTY }]);
    const strings: string[] = [];
    JSON.stringify(log, (_key, value) => {
      if (typeof value === 'string') strings.push(value);
      return value;
    });
    expect(strings.filter((text) => CONTROL.test(text))).toEqual([]);
    expect(strings.some((text) => text.includes('x\\x1b[2J'))).toBe(true);
  });

  it.each([
    ['25,000 results', 25_010, ''],
    ['10 MB', 12_000, 'ü'.repeat(2000)],
  ])('keeps within %s, the most severe first, and counts what is left out', (_name, count, more) => {
    const many = Array.from({ length: count }, (_, n) => ({ ...WARNED, message: `${n}${more}` }));
    const judged = judgedOf([...many, LOST]);
    const text = sarifReport(judged, ABOUT);
    expect(Buffer.byteLength(text)).toBeLessThan(10_000_000);
    const [run] = JSON.parse(text).runs;
    expect(run.results[0]).toMatchObject({ ruleId: 'FIELD_LOST', level: 'error' });
    expect(run.results.length).toBeLessThanOrEqual(25_000);
    expect(run.properties.omittedResultCount).toBe(count + 1 - run.results.length);
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toContain(
      `${run.properties.omittedResultCount} less severe findings`,
    );
    expect({ fits: fits(JSON.parse(text)), errors: fits.errors }).toEqual({ fits: true, errors: null });
  });
});
