import { describe, expect, it } from 'vitest';
import { verifyText } from '../../src/ui/verify-text.ts';
import type { Rules } from '../../src/verify/baseline/judge-findings.ts';
import { type Finding, finding, kindOf } from '../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../verify/reports.ts';

const textOf = (findings: readonly Finding[] = [], rules: Partial<Rules> = {}) =>
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
  0123456789ab session 2 01/23456789ab/2/metadata.json field agent: agent is gone
  What to do: ${remedy}
`);
  });

  it('lists ten of a kind and counts the rest', () => {
    const findings = Array.from({ length: 100 }, (_, at) => finding('FILE_MISSING', `file ${at} is missing`));
    const text = textOf(findings);
    expect(text.match(/is missing$/gm)).toHaveLength(10);
    expect(text).toContain('  and 90 more; --json lists all\n');
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
