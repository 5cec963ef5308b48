import * as Flags from '@oclif/core/flags';

/** Which layout a command reads; both, where the user does not say. */
export const layoutFlag = Flags.option({
  options: ['v1', 'v2'] as const,
  summary: 'Read this layout alone.',
})();
