import { CkptError } from '../checkpoint/errors.ts';

/** Checkpoints in a full generation, where nobody says otherwise. */
export const DEFAULT_MAX_CHECKPOINTS = 100;

/** Makes sure that a generation can hold so many checkpoints. Throws a `CkptError` for anything but a whole number from 1 on. */
export function assertMaxCheckpoints(max: number): void {
  if (Number.isInteger(max) && max >= 1) return;
  throw new CkptError('BAD_MAX_CHECKPOINTS', `a generation can't hold ${max} checkpoints`, {
    hint: 'Give a whole number from 1 on, for example --max-checkpoints 100',
    exitCode: 2,
  });
}
