import * as Flags from '@oclif/core/flags';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';

/** `--to`: the layout that is measured, and what it is by default. */
export function toFlag(byDefault: string) {
  return Flags.option({
    options: LAYOUT_WORDS,
    summary: `The layout that should have what the one of --from has. Default: ${byDefault}.`,
  })();
}

/** The two layouts that a command compares. */
export const pairFlags = {
  from: Flags.option({
    options: LAYOUT_WORDS,
    summary: 'The layout that others are compared with. Default: the primary one of the settings.',
  })(),
  to: toFlag('each other one that is here'),
};
