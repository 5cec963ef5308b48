import { CkptError } from '../checkpoint/errors.ts';
import type { LayoutName } from './layout.ts';

/** A layout was named as its own target. */
export class SameLayoutError extends CkptError {
  constructor(layout: LayoutName) {
    super('SAME_LAYOUT', `--from and --to are both ${layout}`, { exitCode: 2 });
  }
}
