import type { Command } from '@oclif/core/command';

/** A module with one command in it. */
export interface CommandModule {
  readonly default: Command.Class;
}

/** Commands by their words (`hooks install`), and how to load each. */
type CommandTable = Readonly<Record<string, () => Promise<CommandModule>>>;

/** The groups of `ckpt --help`, in its order: what a person wants, and the commands for it. */
export const GROUPS: Readonly<Record<string, CommandTable>> = {
  'See what is there': {
    status: () => import('./status.ts'),
    list: () => import('./list.ts'),
    show: () => import('./show.ts'),
    browse: () => import('./browse.ts'),
    export: () => import('./export.ts'),
  },
  'Migrate, and prove that nothing was lost': {
    migrate: () => import('./migrate.ts'),
    verify: () => import('./verify.ts'),
    diff: () => import('./diff.ts'),
    repair: () => import('./repair.ts'),
    restore: () => import('./restore.ts'),
  },
  'Share with a team': {
    fetch: () => import('./fetch.ts'),
    push: () => import('./push.ts'),
  },
  'Look after many repositories': {
    'fleet status': () => import('./fleet/status.ts'),
    'fleet migrate': () => import('./fleet/migrate.ts'),
    'fleet verify': () => import('./fleet/verify.ts'),
    'fleet push': () => import('./fleet/push.ts'),
    'fleet plan': () => import('./fleet/plan.ts'),
    'fleet merge': () => import('./fleet/merge.ts'),
  },
  'Keep layouts in step': {
    'hooks install': () => import('./hooks/install.ts'),
    'hooks status': () => import('./hooks/status.ts'),
    'hooks uninstall': () => import('./hooks/uninstall.ts'),
    'dual-write': () => import('./dual-write.ts'),
  },
  'Archive and delete old transcripts': {
    rotate: () => import('./rotate.ts'),
    prune: () => import('./prune.ts'),
  },
  'Set up, and try': {
    completion: () => import('./completion.ts'),
    sample: () => import('./sample.ts'),
  },
};

/**
 * Every command of every group. Only the module of the command that was asked for is loaded, so that a hook does not pay for
 * the rest; a test compares this table with the folder.
 */
export const COMMANDS: CommandTable = Object.assign({}, ...Object.values(GROUPS));
