import * as Flags from '@oclif/core/flags';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';

/** The two layouts that a command compares. */
export const pairFlags = {
  from: Flags.option({
    options: LAYOUT_WORDS,
    summary: 'The layout that others are compared with. Default: the primary one of the settings.',
  })(),
  to: Flags.option({
    options: LAYOUT_WORDS,
    summary: 'The layout that should have what it has. Default: each that is here.',
  })(),
};
