import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { verifyText } from '../../src/ui/verify-text.ts';
import { finding, kindOf } from '../../src/verify/finding.ts';
import type { VerifyReport } from '../../src/verify/report.ts';

const ID = 'a'.repeat(40) as ObjectId;

const CLEAN: VerifyReport = {
  consistent: true,
  v1: { ref: 'refs/heads/entire/checkpoints/v1', tip: ID },
  v2: { main: ID, current: ID, archives: [] },
  counts: {
    commits: 6400,
    checkpoints: 3000,
    sessions: 4120,
    generations: 1,
    currentCheckpoints: 17,
    errors: 0,
    warnings: 0,
    notes: 0,
  },
  findings: [],
  engine: 'git 2.39.5',
  durationMs: 740,
};

describe('verifyText', () => {
  it('begins with the verdict and says what was compared', () => {
    expect(verifyText(CLEAN, kindOf)).toBe(`CONSISTENT: V2 holds everything that V1 holds.
Compared with refs/heads/entire/checkpoints/v1: 3,000 checkpoints, 4,120 sessions, 6,400 commits, 1 archived generation, 17 in full/current.

Took 740 ms with git 2.39.5.
`);
  });

  it('groups errors by code with the place of each, what it means and what to do', () => {
    const report: VerifyReport = {
      ...CLEAN,
      consistent: false,
      counts: { ...CLEAN.counts, errors: 1 },
      findings: [
        finding('FIELD_LOST', 'agent is gone', {
          checkpoint: '0123456789ab',
          session: '2',
          path: '01/23456789ab/2/metadata.json',
          field: 'agent',
        }),
      ],
    };
    const { meaning, remedy } = kindOf('FIELD_LOST');
    const text = verifyText(report, kindOf);
    expect(text).toMatch(/^INCONSISTENT: 1 error\.\n/);
    expect(text).toContain(`error FIELD_LOST (1): ${meaning}
  0123456789ab session 2 01/23456789ab/2/metadata.json field agent: agent is gone
  What to do: ${remedy}
`);
  });

  it('lists ten of a kind and counts the rest', () => {
    const findings = Array.from({ length: 100 }, (_, at) => finding('FILE_MISSING', `file ${at} is missing`));
    const counts = { ...CLEAN.counts, errors: 100 };
    const text = verifyText({ ...CLEAN, consistent: false, counts, findings }, kindOf);
    expect(text.match(/is missing$/gm)).toHaveLength(10);
    expect(text).toContain('  and 90 more; --json lists all\n');
  });

  it('folds notes to counts, after errors and warnings', () => {
    const note = finding('CHECKPOINT_ONLY_IN_V2', 'only in V2');
    const findings = [note, note, finding('V2_AHEAD', 'V2 is ahead')];
    const text = verifyText({ ...CLEAN, counts: { ...CLEAN.counts, warnings: 1, notes: 2 }, findings }, kindOf);
    expect(text).toMatch(/^CONSISTENT: .*, 1 warning\.\n/);
    expect(text).toMatch(/\n {8}2 {2}CHECKPOINT_ONLY_IN_V2 {2}V2 has a checkpoint/);
    expect(text).not.toContain('only in V2\n');
    expect(text.indexOf('warning V2_AHEAD')).toBeLessThan(text.indexOf('Notes ('));
  });

  it('lets no control character of the repository through', () => {
    const findings = [finding('FILE_EXTRA', 'x\u001b[2J\nCONSISTENT', { path: 'a\u202eb' })];
    const text = verifyText({ ...CLEAN, consistent: false, findings }, kindOf);
    expect(text).toContain('a\\u202eb: x\\x1b[2J\\nCONSISTENT');
  });
});
