import { describe, expect, it } from 'vitest';
import { verifyText } from '../../src/ui/verify-text.ts';
import type { PassRules } from '../../src/verify/baseline/judge-findings.ts';
import { type Finding, finding, kindOf } from '../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../verify/reports.ts';

const textOf = (findings: readonly Finding[] = [], rules: Partial<PassRules> = {}) =>
  verifyText(judgedOf(findings, rules), ABOUT);

describe('verifyText', () => {
  it('begins with the verdict and says what was compared', () => {
    expect(textOf()).toBe(`CONSISTENT: V2 holds everything that V1 holds.
Compared with refs/heads/entire/checkpoints/v1: 3,000 checkpoints, 4,120 sessions, 6,400 commits, 1 archived generation, 17 in full/current.

Took 740 ms with native.
`);
  });

  it('groups errors by code with the place of each, what it means and what to do', () => {
    const lost = finding('FIELD_LOST', 'agent is gone', {
      checkpoint: '0123456789ab',
      session: '2',
      path: '01/23456789ab/2/metadata.json',
      field: 'agent',
    });
    const { meaning, remedy } = kindOf('FIELD_LOST');
    const text = textOf([lost]);
    expect(text).toMatch(/^INCONSISTENT: 1 error\.\n/);
    expect(text).toContain(`error FIELD_LOST (1): ${meaning}
  0123456789ab session 2 01/23456789ab/2/metadata.json: agent is gone
  What to do: ${remedy}
`);
  });

  it('lists ten of a kind and counts the rest', () => {
    const findings = Array.from({ length: 100 }, (_, at) => finding('FILE_MISSING', `file ${at} is missing`));
    const text = textOf(findings);
    expect(text.match(/is missing$/gm)).toHaveLength(10);
    expect(text).toContain('  and 90 more; --json lists all\n');
  });

  it('says the verdict again at the end of what no small screen holds', () => {
    const missing = (count: number) =>
      Array.from({ length: count }, () => finding('FILE_MISSING', 'a file is missing'));
    expect(textOf(missing(2)).match(/INCONSISTENT/g)).toHaveLength(1);
    expect(textOf(missing(100))).toMatch(/\nINCONSISTENT: 100 errors\.\nTook /);
  });

  it('folds notes to counts, after errors and warnings', () => {
    const note = finding('CHECKPOINT_ONLY_IN_V2', 'only in V2');
    const findings = [note, note, finding('V2_AHEAD', 'V2 is ahead')];
    const text = textOf(findings);
    expect(text).toMatch(/^CONSISTENT: .*, 1 warning\.\n/);
    expect(text).toMatch(/\n {8}2 {2}CHECKPOINT_ONLY_IN_V2 {2}V2 has a checkpoint/);
    expect(text).not.toContain('only in V2\n');
    expect(text.indexOf('warning V2_AHEAD')).toBeLessThan(text.indexOf('Notes ('));
  });

  it('says of the field what it was and is, and of many the field, how many and one of them', () => {
    const changed = (at: number) =>
      finding('FIELD_CHANGED', `0${at}/123456789a/0/metadata.json has another value in the field created_at`, {
        checkpoint: `0${at}123456789a`,
        session: '0',
        path: `0${at}/123456789a/0/metadata.json`,
        field: 'created_at',
        change: 'changed',
        old: '"2026-02-11"',
        new: '"2026-04-30"',
      });
    expect(textOf([changed(1)])).toContain(
      '\n  01123456789a session 0: 01/123456789a/0/metadata.json has another value in the field created_at: "2026-02-11" → "2026-04-30"\n',
    );
    expect(textOf([changed(1), changed(2), changed(3)])).toContain(
      '(3): A field of the metadata has another value on `main`.\n' +
        '  created_at changed in 3 sessions, for example 01123456789a session 0: "2026-02-11" → "2026-04-30"\n',
    );
  });

  it('names a field of notes once, however it differs', () => {
    const differing = (at: number, change: 'lost' | 'changed', field: string) => ({
      ...finding('FIELD_CHANGED', 'it differs', { checkpoint: `0123456789a${at}`, session: '0', field, change }),
      severity: 'note' as const,
    });
    const text = textOf([
      differing(1, 'changed', 'checkpoint_transcript_start'),
      differing(2, 'lost', 'checkpoint_transcript_start'),
      differing(3, 'changed', 'branch'),
    ]);
    expect(text).toContain('checkpoint_transcript_start (2), branch (1)\n');
  });

  it('puts a generation that is gone before what follows from it, in one line', () => {
    const ref = 'refs/entire/checkpoints/v2/full/0000000000002';
    const ids = ['01123456789a', '02123456789a', '03123456789a', '04123456789a'];
    const missing = ids.map((checkpoint) => ({
      ...finding('TRANSCRIPT_MISSING', `the transcripts of ${checkpoint} are in no generation`, { checkpoint }),
      cause: ref,
    }));
    const lost = finding('GENERATION_LOST', `${ref} is not here, and was not pruned`, { ref });
    const text = textOf([...missing, lost]);
    expect(text).toMatch(/^INCONSISTENT: 5 errors, of which 4 follow from what is gone\.\n/);
    expect(text).toContain(`  ${ref} is not here, and was not pruned
    so that TRANSCRIPT_MISSING is said of 4 checkpoints: 01123456789a, 02123456789a, 03123456789a and 1 more
`);
    expect(text).not.toContain('error TRANSCRIPT_MISSING');
    // Where the cause is ignored, what follows from it is still said.
    expect(textOf([...missing, lost], { ignore: [{ code: 'GENERATION_LOST' }] })).toContain(
      'error TRANSCRIPT_MISSING (4)',
    );
  });

  it('claims no more than was looked at', () => {
    const report = judgedOf();
    const withCounts = (counts: Partial<typeof report.counts>, rest: Partial<typeof report> = {}) =>
      verifyText({ ...report, ...rest, counts: { ...report.counts, ...counts } }, ABOUT).split('\n');
    expect(withCounts({ prunedTranscripts: 300 })[0]).toBe(
      'CONSISTENT, but for 300 pruned transcripts: V2 holds everything else that V1 holds.',
    );
    expect(withCounts({ checkpoints: 0, sessions: 0 })[0]).toBe('NOTHING COMPARED: V1 has no checkpoint.');
    const none = { scope: { checkpoints: [], commitCount: 3 } };
    expect(withCounts({ checkpoints: 0, sessions: 0 }, none)[0]).toBe('NOTHING COMPARED: no checkpoint was looked at.');
    const some = { scope: { checkpoints: ['a', 'b', 'c'], commitCount: 4 } };
    expect(withCounts({ checkpoints: 2, sessions: 3 }, some).slice(0, 2)).toEqual([
      'CONSISTENT: V2 holds everything that V1 holds of 2 checkpoints.',
      'Compared with refs/heads/entire/checkpoints/v1: 2 checkpoints, 3 sessions. 1 more was asked for, and not found there. Nothing else was looked at, neither history nor generations (4 commits of yours read).',
    ]);
    expect(withCounts({ commits: 0 })[1]).toContain('. The history was not compared.');
  });

  it('lets no control character of the repository through', () => {
    const findings = [finding('FILE_EXTRA', 'x\u001b[2J\nCONSISTENT', { path: 'a\u202eb' })];
    const text = textOf(findings);
    expect(text).toContain('a\\u202eb: x\\x1b[2J\\nCONSISTENT');
  });

  it('lists what fails, and says why a run passes that found errors', () => {
    const note = finding('CHECKPOINT_ONLY_IN_V2', 'only in V2');
    expect(textOf([note], { failOn: 'note' })).toMatch(
      /^CONSISTENT: .*\nFAILED: 1 new finding of weight note or more\.\n[\s\S]*note CHECKPOINT_ONLY_IN_V2 \(1\)[\s\S]*only in V2/,
    );
    const text = textOf([finding('FILE_EXTRA', 'x')], { ignore: [{ code: 'FILE_EXTRA' }] });
    expect(text).toMatch(
      /^INCONSISTENT: 1 error\.\nPASSED: no new finding weighs error or more; 1 finding ignored\.\n/,
    );
    expect(text).toMatch(/Known or ignored .*\n {8}1 {2}FILE_EXTRA/);
    expect(text).not.toContain('error FILE_EXTRA');
  });
});
