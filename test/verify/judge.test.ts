import { describe, expect, it } from 'vitest';
import { judge } from '../../src/verify/baseline/judge-findings.ts';
import { looksFor } from '../../src/verify/baseline/was-looked-for.ts';
import { type Finding, finding } from '../../src/verify/finding.ts';
import { withFingerprints } from '../../src/verify/fingerprint.ts';
import { A, B, BEHIND, FINDINGS, LOST, NOTED, WARNED } from '../ui/reports/samples.ts';
import { judgedOf, RULES, reportOf } from './reports.ts';

const fingerprintsOf = (findings: readonly Finding[]) => [...withFingerprints(findings)].map(([, print]) => print);

describe('withFingerprints', () => {
  it('depends on what is wrong and where, not on words, order, or what else is wrong', () => {
    const [print] = fingerprintsOf([LOST]);
    expect(print).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprintsOf([WARNED, { ...LOST, message: 'other words' }])[1]).toBe(print);
    const different = [
      { code: 'FIELD_CHANGED' },
      { checkpoint: B },
      { session: '1' },
      { path: 'x' },
      { field: 'x' },
      { line: 3 },
    ] as const;
    for (const change of different) expect(fingerprintsOf([{ ...LOST, ...change }])).not.toEqual([print]);
    expect(new Set(fingerprintsOf(FINDINGS)).size).toBe(FINDINGS.length);
  });

  it('stays the same where a rotation moves a transcript from full/current to an archive', () => {
    const at = (ref: string) =>
      finding('TRANSCRIPT_CHANGED', 'x', { ref, checkpoint: A, path: 'a3/b2c4d5e6f7/0/full.jsonl' });
    expect(fingerprintsOf([at('full/current')])).toEqual(fingerprintsOf([at('full/0000000000001')]));
    const refs = ['a', 'b'].map((ref) => finding('REF_UNKNOWN', 'x', { ref }));
    expect(new Set(fingerprintsOf(refs)).size).toBe(2);
  });

  it('tells findings apart that are alike, the same in each run', () => {
    const prints = fingerprintsOf([LOST, LOST, LOST]);
    expect(new Set(prints).size).toBe(3);
    expect(fingerprintsOf([LOST, WARNED, LOST, LOST]).filter((_, at) => at !== 1)).toEqual(prints);
  });
});

describe('judge', () => {
  it.each([
    ['error', [true, false, false, true], 2],
    ['warning', [true, true, false, true], 3],
    ['note', [true, true, true, true], 4],
  ] as const)('fails by what weighs %s or more', (failOn, fails, failing) => {
    const report = judgedOf([LOST, WARNED, NOTED, BEHIND], { failOn });
    expect(report.findings.map((one) => one.fails)).toEqual(fails);
    expect(report.gate).toMatchObject({ passed: false, failOn, failing });
    expect(judgedOf([], { failOn }).gate.passed).toBe(true);
  });

  it('lets what is ignored pass, in one checkpoint or in all, and says what is true all the same', () => {
    const findings = [LOST, { ...LOST, checkpoint: B }];
    const one = judgedOf(findings, { ignore: [{ code: 'FIELD_LOST', checkpoint: A }] });
    expect(one.findings.map(({ status }) => status)).toEqual(['ignored', 'new']);
    expect(one.gate).toMatchObject({ passed: false, failing: 1, ignored: 1 });
    const all = judgedOf(findings, { ignore: [{ code: 'FIELD_LOST' }] });
    expect(all.gate).toMatchObject({ passed: true, failing: 0, ignored: 2, known: 0 });
    expect(all).toMatchObject({ consistent: false, counts: { errors: 2 } });
  });

  it('lets what is known pass, and says what is gone as far as it was looked for', () => {
    const entries = judgedOf([LOST, WARNED]).findings;
    const judged = judgedOf([LOST, BEHIND], { known: { file: 'b.json', entries } });
    expect(judged.findings.map(({ status }) => status)).toEqual(['known', 'new']);
    expect(judged.gate).toMatchObject({
      passed: false,
      failing: 1,
      known: 1,
      baseline: 'b.json',
      resolved: [entries[1]],
    });
    expect(judgedOf([], { known: { file: 'b.json', entries }, looksFor: () => false }).gate.resolved).toEqual([]);
  });

  it('changes nothing of what was found', () => {
    const report = reportOf(FINDINGS);
    const { gate: _, unlistedCount, findings, ...rest } = judge(report, RULES);
    expect({ ...rest, findings: findings.map(({ status, fails, fingerprint, ...finding }) => finding) }).toEqual(
      report,
    );
    expect(unlistedCount).toBe(0);
  });
});

describe('looksFor', () => {
  const entry = (code: string, checkpoint?: string) => ({ code, ...(checkpoint === undefined ? {} : { checkpoint }) });

  it('a whole run looks for everything', () => {
    const looks = looksFor({}, reportOf());
    expect([entry('FIELD_LOST', A), entry('COMMIT_MISSING'), entry('REF_UNKNOWN')].every(looks)).toBe(true);
  });

  it('a run of some checkpoints looks for these alone', () => {
    const looks = looksFor({ checkpoints: [A] }, reportOf());
    expect([entry('FIELD_LOST', A), entry('FIELD_LOST', B), entry('V2_BEHIND')].map(looks)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('a run that could not compare looks for nothing else, and one without history for no commits', () => {
    const stopped = looksFor({}, reportOf([finding('V2_MISSING', 'x')]));
    expect([entry('FIELD_LOST', A), entry('V2_MISSING')].map(stopped)).toEqual([false, true]);
    const report = reportOf();
    const shallow = looksFor({}, { ...report, counts: { ...report.counts, commits: 0 } });
    expect([entry('COMMIT_MISSING'), entry('FIELD_LOST', A)].map(shallow)).toEqual([false, true]);
  });
});
