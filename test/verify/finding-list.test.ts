import { describe, expect, it } from 'vitest';
import { githubReport } from '../../src/ui/reports/github.ts';
import { gitlabReport } from '../../src/ui/reports/gitlab.ts';
import { junitReport } from '../../src/ui/reports/junit.ts';
import { markdownReport } from '../../src/ui/reports/markdown.ts';
import { sarifReport } from '../../src/ui/reports/sarif.ts';
import { verifyText } from '../../src/ui/verify-text.ts';
import { judge } from '../../src/verify/baseline/judge-findings.ts';
import { type Finding, finding } from '../../src/verify/finding.ts';
import { countFindings, foundList } from '../../src/verify/finding-list.ts';
import { A, B } from '../ui/reports/samples.ts';
import { ABOUT, RULES, reportOf } from './reports.ts';

const MOST = 5;
const extra = (n: number, place: Partial<Finding> = {}) =>
  finding('FILE_EXTRA', `${n} is too many`, { checkpoint: A, session: '0', path: `${n}`, ...place });
const many = (count: number, place?: Partial<Finding>) => Array.from({ length: count }, (_, n) => extra(n, place));
const gone = finding('FILE_MISSING', 'x is gone', { checkpoint: A, path: 'x' });
const held = (findings: readonly Finding[]) => {
  const list = foundList(MOST);
  for (const one of findings) list.push(one);
  return list.all();
};

describe('a list of findings', () => {
  it('is what was put into it, while there is room', () => {
    const findings = [...many(MOST), gone];
    expect(held(findings)).toEqual(findings);
  });

  it('holds a bounded number of one session, and counts all', () => {
    const all = held(many(1000));
    expect(all).toHaveLength(MOST + 8);
    expect(all.at(-1)).toEqual({ ...extra(MOST + 7), more: 1000 - MOST - 8 });
    expect(countFindings(all)).toBe(1000);
    // As a list is put into another one.
    expect(countFindings(held([...all, ...all, ...all]))).toBe(3000);
  });

  it('holds some of every session and checkpoint, in their order, and other codes whatever came before them', () => {
    const all = held([...many(100), gone, ...many(100, { session: '1' }), ...many(100, { checkpoint: B })]);
    expect(all.map(({ checkpoint, session }) => `${checkpoint} ${session}`)).toEqual([
      ...Array(MOST + 8).fill(`${A} 0`),
      `${A} undefined`,
      ...Array(8).fill(`${A} 1`),
      ...Array(8).fill(`${B} 0`),
    ]);
    expect(all).toContainEqual(gone);
    expect(countFindings(all)).toBe(301);
  });
});

describe('a report of more findings than are listed', () => {
  const reportOfMany = (findings: readonly Finding[], rules: Partial<typeof RULES> = {}) =>
    judge(reportOf(findings), { ...RULES, ...rules }, MOST);

  it('counts all, fails by all, and says how many stand in no list', () => {
    const findings = [...many(1000), { ...gone, more: 6 }];
    const report = reportOfMany(findings, { failOn: 'note' });
    expect(report.findings).toHaveLength(MOST + 2);
    expect(report).toMatchObject({ unlistedCount: 1000 - MOST - 1 + 6, gate: { passed: false, failing: 1007 } });
    expect(reportOfMany(many(1000), { ignore: [{ code: 'FILE_EXTRA' }], failOn: 'note' }).gate).toMatchObject({
      passed: true,
      ignored: 1000,
    });
  });

  it('lists an error that comes after notes and after what is ignored', () => {
    const ignore = [{ code: 'FILE_EXTRA', checkpoint: A } as const];
    const notes = many(50).map((one): Finding => ({ ...one, severity: 'note' }));
    const errors = many(3, { checkpoint: B });
    const { findings, gate } = reportOfMany([...many(50), ...notes, ...errors, gone], { ignore });
    expect(findings.filter(({ fails }) => fails).map(({ message }) => message)).toEqual(
      [...errors, gone].map(({ message }) => message),
    );
    expect(gate).toMatchObject({ failing: 4, ignored: 100 });
  });

  it('knows of a baseline what is held, and says of nothing that is counted that it is gone', () => {
    const entries = reportOfMany(many(MOST)).findings;
    const known = { file: 'b.json', entries };
    const cut = { ...extra(0), more: 2 };
    const { gate } = reportOfMany([cut], { known });
    expect(gate).toMatchObject({ failing: 3, known: 0, resolved: [] });
    expect(reportOfMany([extra(0)], { known }).gate).toMatchObject({ failing: 0, known: 1 });
    expect(reportOfMany([extra(0)], { known }).gate.resolved).toHaveLength(MOST - 1);
  });

  it('has the number in every format', () => {
    const report = reportOfMany(many(1234));
    const number = /1,228|1228/;
    for (const render of [verifyText, githubReport, junitReport, markdownReport, gitlabReport])
      expect(render(report, ABOUT)).toMatch(number);
    expect(JSON.parse(sarifReport(report, ABOUT)).runs[0].properties).toEqual({ omittedResultCount: 1228 });
    expect(verifyText(report, ABOUT)).toMatch(/^error FILE_EXTRA \(1,234\)/m);
    expect(githubReport(report, ABOUT)).toMatch(/1,228 more findings stand in no list/);
  });

  it('counts a field in all of its places', () => {
    const fields = Array.from({ length: 100 }, (_, n) =>
      finding('FIELD_DIFFERS', 'x', { checkpoint: A, path: 'p', field: n % 4 === 0 ? `a[${n}].b` : 'c', line: n }),
    );
    expect(verifyText(reportOfMany(fields), ABOUT)).toMatch(/100 {2}FIELD_DIFFERS .*c \(75\), a\[\]\.b \(25\)/);
  });
});
