import * as Flags from '@oclif/core/flags';

/** The two layouts that a command compares. */
export const pairFlags = {
  from: Flags.option({
    options: ['v1', 'v2', 'refs'] as const,
    summary: 'The layout that others are compared with. Default: the primary one of the settings.',
  })(),
  to: Flags.option({
    options: ['v1', 'v2', 'refs'] as const,
    summary: 'The layout that should have what it has. Default: each that is here.',
  })(),
};
