import type { AgentName } from '../stores/agents.ts';
import type { LastRun } from '../stores/last-run.ts';
import type { MirrorPlan } from '../stores/mirrors.ts';

/** The git hooks that run the mirror: after each command that may have brought new checkpoints, and before they are pushed. */
export const GIT_HOOKS = ['post-commit', 'post-merge', 'post-rewrite', 'pre-push'] as const;
export type GitHookName = (typeof GIT_HOOKS)[number];

/**
 * How things are in one place:
 * - `absent`: there is no file, or no file that could run the mirror;
 * - `installed`: as this ckpt would install it;
 * - `outdated`: installed by another version, by a ckpt in another place, or changed since; install brings it up to date;
 * - `foreign`: somebody else's hook, without the mirror; install adds it;
 * - `by-hand`: a line that somebody wrote runs the mirror;
 * - `not-shell`: a hook that is not a shell script; the line has to be added by hand;
 * - `managed`: husky or lefthook writes this file; the line has to be added to their configuration.
 */
export type HookState = 'absent' | 'installed' | 'outdated' | 'foreign' | 'by-hand' | 'not-shell' | 'managed';

/** One git hook. */
export interface GitHookStatus {
  readonly hook: GitHookName;
  /** The file that is changed, or is to be changed by hand; a link's target. */
  readonly path: string;
  readonly state: HookState;
  /** Whether git can start the file: its mode lets it, and the program of its first line is there; `null` where there is no file. */
  readonly executable: boolean | null;
  /** The program of the hook's first line, where there is none: git can't start the hook. */
  readonly missingProgram: string | null;
  /** Whether the mirror runs when git comes to this hook: as read, or as tried. */
  readonly active: boolean;
  /** Whether it sends checkpoints: `if-set` by `ckpt.push`, `always` by a line that somebody wrote. */
  readonly pushes: 'no' | 'if-set' | 'always';
}

export interface GitHooksStatus {
  /** Where git looks for hooks. */
  readonly folder: string;
  readonly manager: 'husky' | 'lefthook' | null;
  /** Who else uses these files; see `HooksFolder`. */
  readonly sharedWith: 'team' | 'other-repositories' | null;
  readonly hooks: readonly GitHookStatus[];
}

/** A command of git's that hooks are tried with. */
export type TriedName = 'commit' | 'amend' | 'merge' | 'push' | 'rebase';

/** What came of one command in a trial. */
export interface TriedCommand {
  readonly command: TriedName;
  /** How often hooks came to the mirror. */
  readonly mirrorCount: number;
  /** How often they came to `ckpt push`. */
  readonly pushCount: number;
  /** Why git did not do it; `null` where it did. */
  readonly failure: string | null;
}

/** The hook of one agent. */
export interface AgentStatus {
  readonly agent: AgentName;
  readonly path: string;
  readonly state: Extract<HookState, 'absent' | 'installed' | 'outdated' | 'by-hand'>;
  readonly active: boolean;
}

/** What `ckpt hooks status` prints. */
export interface HooksStatus {
  readonly git: GitHooksStatus | null;
  /** What git did in a trial; `null` where the hooks were only read. */
  readonly trial: readonly TriedCommand[] | null;
  readonly agents: readonly AgentStatus[];
  /** The layout that is written first; `null` where the settings can't be read. */
  readonly primary: MirrorPlan['primary'] | null;
  /** The layouts that the mirror keeps in step with the primary one; none where the settings can't be read. */
  readonly targets: MirrorPlan['targets'];
  /** Whether `ckpt.push` is set. Whether checkpoints are sent then is said of the hook (`pushes`). */
  readonly isPushing: boolean;
  /** Whether hooks leave the mirror to a process of its own (`ckpt.background`). */
  readonly isBackground: boolean;
  /** Whether that process is at work. */
  readonly isWorking: boolean;
  /** When the mirror ran last, from any hook or by hand; `null`: never, as far as is known. */
  readonly lastRun: LastRun | null;
}

/**
 * What was done in one place: the file `created`, the lines `added` to one that was there, `updated`, `unchanged` since all was
 * right, or `left` alone since a person has to add the lines.
 */
export type InstallAction = 'created' | 'added' | 'updated' | 'unchanged' | 'left';

export interface GitHookInstall extends GitHookStatus {
  readonly action: InstallAction;
  /** For a hook that was left alone: what to put into `path`. */
  readonly addByHand: string | null;
}

export interface AgentInstall extends AgentStatus {
  readonly action: InstallAction;
}

/** What `ckpt hooks install` prints. */
export interface InstallResult {
  readonly git: (Omit<GitHooksStatus, 'hooks'> & { readonly hooks: readonly GitHookInstall[] }) | null;
  readonly agents: readonly AgentInstall[];
  /** Whether the mirror runs in every place that was asked for. */
  readonly complete: boolean;
  /** The values of `ckpt.mirror`: layouts that the mirror keeps in step besides those of the settings. */
  readonly mirrors: readonly string[];
  /** Whether `ckpt.push` is set. Whether checkpoints are sent then is said of the hook (`pushes`). */
  readonly isPushing: boolean;
  /** Whether hooks leave the mirror to a process of its own (`ckpt.background`). */
  readonly isBackground: boolean;
}

/**
 * What was done in one place: the lines `removed` from a file, the file `deleted` since ckpt had made it, nothing since there was
 * `nothing` of ckpt, or nothing since the line was written `by-hand`. A place that had both has two entries.
 */
export type UninstallAction = 'removed' | 'deleted' | 'nothing' | 'by-hand';

export interface Uninstalled {
  /** A git hook, or an agent. */
  readonly hook: GitHookName | AgentName;
  readonly path: string;
  readonly action: UninstallAction;
}

/** What `ckpt hooks uninstall` prints. */
export interface UninstallResult {
  readonly places: readonly Uninstalled[];
  /** The values of `ckpt.mirror` that were taken out. */
  readonly mirrors: readonly string[];
  /** The other settings that were taken out: `ckpt.push`, `ckpt.background`. */
  readonly settings: readonly string[];
}
