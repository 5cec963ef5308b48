import { describe, expect, it } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { RotateResult } from '../../src/rotate/rotate-result.ts';
import { rotateText } from '../../src/ui/rotate-text.ts';
import { runOf } from './run.ts';

const NEW = 'b'.repeat(40) as ObjectId;
const REF = 'refs/entire/checkpoints/v2/full/0000000000004';

const ROTATED: RotateResult = {
  status: 'rotated',
  reason: null,
  maxCheckpoints: 100,
  force: false,
  generations: [
    {
      number: 4,
      ref: REF,
      commit: NEW,
      checkpointCount: 100,
      oldest: '2026-01-01T00:00:00Z',
      newest: '2026-02-01T00:00:00Z',
    },
    { number: 5, ref: REF.replace(/4$/, '5'), commit: NEW, checkpointCount: 1, oldest: null, newest: null },
  ],
  currentCheckpointCount: 1,
  refs: [{ ref: REF, old: null, new: NEW }],
  dryRun: false,
};

const NOTHING: RotateResult = { ...ROTATED, status: 'nothing-to-do', reason: 'not-full', generations: [], refs: [] };

describe('rotateText', () => {
  it('says what was archived, what stays, which refs moved, and what is next', () => {
    expect(rotateText(ROTATED, runOf('rotate'))).toBe(`Archived 2 generations.

  ${REF}  100 checkpoints  2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z
  ${REF.replace(/4$/, '5')}  1 checkpoint     no times known
  1 checkpoint now in full/current

Refs moved:
  ${REF}  bbbbbbbbbb  new

Took 120 ms with native.
Next: ckpt verify
`);
  });

  it('names the flags of a dry run in the next command', () => {
    const text = rotateText(
      { ...ROTATED, status: 'planned', dryRun: true },
      runOf('rotate', '--force', '--dry-run', '--repo=../a b'),
    );
    expect(text).toContain('Dry run, nothing was written. To be archived: 2 generations.');
    expect(text).toContain('Refs that would be moved:');
    expect(text).toContain("Next: ckpt rotate --force '--repo=../a b'\n");
  });

  it.each([
    ['not-full', 'Nothing to do: full/current holds 1 checkpoint, and is full with 100.\n'],
    ['empty', 'Nothing to do: full/current is empty.\n'],
    ['no-current', 'Nothing to do: there is no full/current here.\n'],
  ] as const)('says why there is nothing to do: %s', (reason, expected) => {
    expect(rotateText({ ...NOTHING, reason }, runOf('rotate'))).toContain(expected);
  });

  it('makes text out of the repository safe for a terminal', () => {
    const [first] = ROTATED.generations;
    const generations = first === undefined ? [] : [{ ...first, oldest: '\u001b[2J2026' }];
    expect(rotateText({ ...ROTATED, generations }, runOf('rotate'))).not.toContain('\u001b');
  });
});
