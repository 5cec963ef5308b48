import * as Flags from '@oclif/core/flags';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';

/** Which layout a command reads; all, where the user does not say. */
export const layoutFlag = Flags.option({
  options: LAYOUT_WORDS,
  summary: 'Read this layout alone.',
})();
