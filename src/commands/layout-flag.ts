import * as Flags from '@oclif/core/flags';

/** Which layout a command reads; all, where the user does not say. */
export const layoutFlag = Flags.option({
  options: ['v1', 'v2', 'refs'] as const,
  summary: 'Read this layout alone.',
})();
