import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { RepairResult } from '../../src/repair/repair-result.ts';
import { repairText } from '../../src/ui/repair-text.ts';
import { finding } from '../../src/verify/finding.ts';
import { runOf } from './run.ts';

const NEW = 'b'.repeat(40) as ObjectId;
const OLD = 'a'.repeat(40) as ObjectId;
const MAIN = 'refs/entire/checkpoints/v2/main';

const REPAIRED: RepairResult = {
  status: 'repaired',
  from: 'v1',
  to: 'v2',
  source: { layout: 'v1', ref: 'refs/heads/entire/checkpoints/v1' },
  v1: { ref: 'refs/heads/entire/checkpoints/v1', tip: OLD },
  mended: [{ code: 'FILE_MISSING', meaning: 'A file that V1 has is not on `main`.', count: 2, checkpoints: [] }],
  left: [
    {
      finding: finding('FILE_EXTRA', 'x\u001b[31m is on main, but not in V1', { ref: MAIN, path: 'x\u001b[31m' }),
      reason: 'V1 does not have it',
      remedy: 'Look at it.',
    },
  ],
  refs: [{ ref: MAIN, old: OLD, new: NEW }],
  backup: 'refs/ckpt/backup/now/',
  warnings: [],
  isWhole: false,
  verified: { counts: { errors: 1, warnings: 0 }, findings: [] },
  dryRun: false,
  others: [],
};

describe('repairText', () => {
  it('says what was mended, what was left and why, and which refs moved', () => {
    expect(repairText(REPAIRED, runOf('repair'))).toBe(`Mended 2 findings, 1 left.
Verified again: 1 error left.

Mended:
        2  FILE_MISSING  A file that V1 has is not on \`main\`.

Left: error FILE_EXTRA (1): V1 does not have it
  x\\x1b[31m is on main, but not in V1
  What to do: Look at it.

Refs moved:
  ${MAIN}  bbbbbbbbbb  was aaaaaaaaaa

Copies of the archives whose content this replaces: refs/ckpt/backup/now/

Took 120 ms with native.
`);
  });

  it('says of a dry run what comes next', () => {
    const text = repairText(
      { ...REPAIRED, status: 'planned', dryRun: true, verified: null },
      runOf('repair', '--dry-run', '--repo', '../p'),
    );
    expect(text).toContain('Dry run, nothing was written. To be mended: 2 findings, 1 left.');
    expect(text).toContain('Refs that would be moved:');
    expect(text).toContain('Next: ckpt repair --repo ../p');
  });

  it('says that there is nothing to do, or that nothing can be done', () => {
    const nothing = { ...REPAIRED, mended: [], refs: [], backup: null };
    expect(repairText({ ...nothing, status: 'nothing-to-do', left: [] }, runOf('repair'))).toContain(
      'Nothing to do: verify finds no error',
    );
    expect(repairText({ ...nothing, status: 'nothing-mended' }, runOf('repair'))).toContain(
      'Nothing was mended: 1 finding left',
    );
  });
});
