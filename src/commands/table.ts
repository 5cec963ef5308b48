import type { Command } from '@oclif/core/command';

/** A module with one command in it. */
export interface CommandModule {
  readonly default: Command.Class;
}

/**
 * Every command by its words (`hooks install`), and how to load it. Only the module of the command that was asked for is
 * loaded, so that a hook does not pay for the rest; a test compares this table with the folder.
 */
export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  browse: () => import('./browse.ts'),
  completion: () => import('./completion.ts'),
  diff: () => import('./diff.ts'),
  'dual-write': () => import('./dual-write.ts'),
  fetch: () => import('./fetch.ts'),
  export: () => import('./export.ts'),
  'hooks install': () => import('./hooks/install.ts'),
  'hooks status': () => import('./hooks/status.ts'),
  'hooks uninstall': () => import('./hooks/uninstall.ts'),
  list: () => import('./list.ts'),
  migrate: () => import('./migrate.ts'),
  push: () => import('./push.ts'),
  repair: () => import('./repair.ts'),
  restore: () => import('./restore.ts'),
  rotate: () => import('./rotate.ts'),
  prune: () => import('./prune.ts'),
  sample: () => import('./sample.ts'),
  show: () => import('./show.ts'),
  status: () => import('./status.ts'),
  verify: () => import('./verify.ts'),
};
