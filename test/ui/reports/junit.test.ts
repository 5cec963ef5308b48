import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parse, type TestSuites } from 'junit2json';
import { describe, expect, it } from 'vitest';
import { junitReport } from '../../../src/ui/reports/junit.ts';
import { finding } from '../../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../../verify/reports.ts';
import { A, B, BEHIND, CHANGED, CONTROL, EVIL, FINDINGS, LOST, NOTED, WARNED } from './samples.ts';

const xmlOf = (...args: Parameters<typeof judgedOf>) => junitReport(judgedOf(...args), ABOUT);

async function suitesOf(...args: Parameters<typeof judgedOf>) {
  const report = (await parse(xmlOf(...args))) as TestSuites;
  const [layout, checkpoints] = report.testsuite ?? [];
  const cases = (suite = layout) => Object.fromEntries((suite?.testcase ?? []).map((one) => [one.name, one]));
  return { report, layout: cases(layout), checkpoints: cases(checkpoints) };
}

describe('junitReport', () => {
  it.each([
    ['with nothing', []],
    ['with findings', FINDINGS],
  ])('is XML that is well formed %s', (_name, findings) => {
    const xml = xmlOf(findings);
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(new XMLParser({ ignoreAttributes: false }).parse(xml).testsuites['@_name']).toBe('ckpt verify');
    expect(xml).not.toMatch(CONTROL);
    expect(xml).not.toContain('\ufffe'); // no character of XML
  });

  it('has a test case for each checkpoint with findings and for each code outside of one', async () => {
    const { report, layout, checkpoints } = await suitesOf(FINDINGS);
    expect(report).toMatchObject({ name: 'ckpt verify', tests: 6, failures: 3 });
    expect(report.testsuite?.map(({ name, tests, failures }) => ({ name, tests, failures }))).toEqual([
      { name: 'layout', tests: 3, failures: 2 },
      { name: 'checkpoints', tests: 3, failures: 1 },
    ]);
    expect(Object.keys(layout)).toEqual([WARNED.code, BEHIND.code, EVIL.code]);
    expect(Object.keys(checkpoints)).toEqual([A, B, 'all other checkpoints']);
    expect(checkpoints['all other checkpoints']?.['system-out']).toEqual([
      '2,998 checkpoints that nothing was found about',
    ]);
  });

  it('fails a case by what fails, and tells the rest as its output', async () => {
    const { layout, checkpoints } = await suitesOf([LOST, CHANGED, NOTED, WARNED]);
    const [failure] = checkpoints[A]?.failure ?? [];
    expect(failure?.type).toBe('FIELD_LOST');
    expect(failure?.message).toMatch(/agent is gone \(and 1 more\)$/);
    expect(failure?.inner).toContain('error FIELD_CHANGED: ');
    for (const passed of [checkpoints[B], layout[WARNED.code]]) expect(passed?.failure).toBeUndefined();
    expect(layout[WARNED.code]?.['system-out']?.[0]).toContain('warning GENERATION_TOO_LARGE: ');
    const strict = await suitesOf([WARNED], { failOn: 'warning' });
    expect(strict.layout[WARNED.code]?.failure).toHaveLength(1);
  });

  it('skips a case where all that was found is known or ignored', async () => {
    const { report, checkpoints } = await suitesOf([LOST, NOTED], { ignore: [{ code: 'FIELD_LOST' }] });
    expect(report.failures).toBe(0);
    expect(checkpoints[A]?.skipped).toHaveLength(1);
    expect(checkpoints[B]?.skipped).toBeUndefined();
  });

  it('passes with one case a suite where nothing was found, and names fifty findings of a case at most', async () => {
    const { report } = await suitesOf();
    expect(report).toMatchObject({ tests: 2, failures: 0 });
    const many = Array.from({ length: 200 }, (_, at) => finding('COMMIT_MISSING', `commit ${at}`));
    const { layout } = await suitesOf(many);
    const text = layout.COMMIT_MISSING?.failure?.[0]?.inner ?? '';
    expect(text.match(/error COMMIT_MISSING: /g)).toHaveLength(50);
    expect(text).toContain('and 150 more');
  });
});
