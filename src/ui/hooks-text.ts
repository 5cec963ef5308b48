import type {
  AgentInstall,
  AgentStatus,
  GitHookInstall,
  GitHookStatus,
  GitHooksStatus,
  HookState,
  HooksStatus,
  InstallAction,
  InstallResult,
  TriedCommand,
  UninstallAction,
  UninstallResult,
} from '../hooks/hooks-report.ts';
import { LAYOUT_NAMES, LAYOUT_WORDS } from '../layout/layout-names.ts';
import { alignColumns } from './align-columns.ts';
import { printedCommand } from './command-line.ts';
import { page } from './page.ts';
import { nextLine, type RunFacts } from './run-facts.ts';
import { sanitize, sanitizeBlock } from './sanitize.ts';
import { formatDuration } from './words.ts';

const STATE: Readonly<Record<HookState, string>> = {
  absent: 'absent',
  installed: 'installed',
  outdated: 'installed, but not as this ckpt does it',
  foreign: 'a hook without the mirror',
  'by-hand': 'runs the mirror by a line added by hand',
  'not-shell': 'no shell script, and without the mirror',
  managed: 'without the mirror',
};

const INSTALLED: Readonly<Record<InstallAction, string>> = {
  created: 'created',
  added: 'added to what is there',
  updated: 'updated',
  unchanged: 'was installed already',
  left: 'left alone',
};

const UNINSTALLED: Readonly<Record<UninstallAction, string>> = {
  removed: 'removed',
  deleted: 'removed with its file, which ckpt had made',
  nothing: 'was not installed',
  'by-hand': 'left alone: the line was added by hand',
};

const NOT_EXECUTABLE = 'not executable: git ignores it';

const BACKGROUND = 'Hooks return at once: the mirror runs in the background (ckpt.background).';

/** What an install did, and what is left to do, for a person to read. Ends with a line feed. */
export function hooksInstallText(installed: InstallResult, run: RunFacts): string {
  const { git, agents, complete, mirrors, isPushing, isBackground } = installed;
  const parts: string[][] = [
    [complete ? 'The mirror runs from these hooks:' : 'The mirror does not run from all of these hooks yet:'],
  ];
  parts[0]?.push(...alignColumns([...(git?.hooks ?? []).map(installRow), ...agents.map(installRow)]));
  if (git !== null) parts.push(...toDo(git.hooks, git.manager));
  if (git?.hooks.some(({ action }) => action !== 'left' && action !== 'unchanged')) parts.push(sharing(git));
  if (mirrors.length > 0)
    parts.push([`Kept in step with the primary layout (ckpt.mirror): ${mirrors.map(sanitize).join(', ')}`]);
  parts.push(pushing(git, isPushing));
  if (isBackground) parts.push([BACKGROUND]);
  parts.push([nextLine(run, 'hooks', 'status')]);
  return page(parts);
}

/** What an uninstall did. Ends with a line feed. */
export function hooksUninstallText({ places, mirrors, settings }: UninstallResult): string {
  const rows = places.map(({ hook, path, action }) => [`  ${hook}`, UNINSTALLED[action], sanitize(path)]);
  return page([
    [uninstallTitle(places.map(({ action }) => action)), ...alignColumns(rows)],
    [
      ...(mirrors.length === 0 ? [] : [`No longer kept in step (ckpt.mirror): ${mirrors.map(sanitize).join(', ')}`]),
      ...(settings.length === 0 ? [] : [`No longer set: ${settings.join(', ')}`]),
    ],
  ]);
}

function uninstallTitle(actions: readonly UninstallAction[]): string {
  const isTaken = actions.some((action) => action === 'removed' || action === 'deleted');
  const isLeft = actions.includes('by-hand');
  if (isTaken) return isLeft ? 'Took the mirror out, but for lines that were added by hand:' : 'Took the mirror out:';
  return isLeft
    ? 'Took nothing out: lines that were added by hand run the mirror.'
    : 'The mirror was in none of the hooks:';
}

/** How the hooks are. Ends with a line feed. */
export function hooksStatusText(status: HooksStatus, run: RunFacts): string {
  const { git, trial, agents, lastRun, isPushing, isBackground, isWorking } = status;
  const parts: string[][] = [];
  if (git !== null) {
    const owner = git.manager === null ? '' : `, owned by ${git.manager}`;
    parts.push([`Git hooks in ${sanitize(git.folder)}${owner}:`, ...alignColumns(git.hooks.map(statusRow))]);
    if (git.manager === null) parts.push(sharing(git));
    const ask = printedCommand(['ckpt', 'hooks', 'status', '--try'], run.argv);
    const tried = (rows: readonly TriedCommand[]) => [
      'Tried with git, in a copy:',
      ...alignColumns(rows.map(triedRow)),
    ];
    parts.push(trial === null ? [`Read, not tried. To have git run them in a copy: ${ask}`] : tried(trial));
  }
  if (agents.length > 0) parts.push(['Agents:', ...alignColumns(agents.map(statusRow))]);
  parts.push(pushing(git, isPushing));
  if (isBackground) parts.push([BACKGROUND, ...(isWorking ? ['It is at work now.'] : [])]);
  const active = [...(git?.hooks ?? []), ...agents];
  parts.push([
    keptInStep(status, run),
    lastRun === null
      ? 'The mirror has not run here yet.'
      : `The mirror last ran at ${sanitize(lastRun.at)}: ${lastRun.outcome}, ${formatDuration(lastRun.durationMs)}.`,
    ...(active.some(isUnreached)
      ? [
          'Where git did not come to it, something ends the hook before: an exit, a condition, a setting of its manager. Look there.',
        ]
      : []),
    ...(active.some(isForInstall) ? [nextLine(run, 'hooks', 'install')] : []),
  ]);
  return page(parts);
}

/** What the mirror does here. Advice that holds with any settings: a layout that git's configuration names is kept in step, whichever is primary. */
function keptInStep({ primary, targets }: HooksStatus, { argv }: RunFacts): string {
  if (primary === null) return 'The settings are not readable: the mirror does nothing.';
  if (targets.length > 0) return `Kept in step: ${targets.map((name) => LAYOUT_NAMES[name]).join(', ')}.`;
  const other = LAYOUT_WORDS.find((name) => name !== primary) ?? primary;
  const command = printedCommand(['ckpt', 'hooks', 'install', '--mirror', other], argv);
  return `No layout is kept in step with ${LAYOUT_NAMES[primary]} yet. To have ${LAYOUT_NAMES[other]} follow: ${command}`;
}

/** Whether `git push` sends checkpoints, and by what. */
function pushing(git: Pick<GitHooksStatus, 'hooks'> | null, isSet: boolean): string[] {
  if (git === null) return isSet ? ["ckpt.push is set; git's hooks were not looked at."] : [];
  const pushes = git.hooks.find(({ hook }) => hook === 'pre-push')?.pushes;
  if (pushes === 'always') return ['git push sends checkpoints too, by a line that was added by hand.'];
  if (!isSet) return [];
  return pushes === 'if-set'
    ? ['git push sends checkpoints too, to the remote that it is given (ckpt.push).']
    : ['git push sends no checkpoints, though ckpt.push is set: the pre-push hook does not run ckpt push.'];
}

function installRow(place: GitHookInstall | AgentInstall): string[] {
  const why = notStarted(place);
  const executable = why === undefined ? '' : `, but ${why}`;
  const words = place.action === 'unchanged' && place.state === 'by-hand' ? STATE['by-hand'] : INSTALLED[place.action];
  return [`  ${nameOf(place)}`, `${words}${executable}`, sanitize(place.path)];
}

function statusRow(place: GitHookStatus | AgentStatus): string[] {
  const why = notStarted(place);
  const executable = why === undefined ? '' : `, ${why}`;
  return [`  ${nameOf(place)}`, `${STATE[place.state]}${executable}${otherwiseTried(place)}`, sanitize(place.path)];
}

/** Where git did something else in a trial than the text of a hook says. */
function otherwiseTried(place: GitHookStatus | AgentStatus): string {
  if (isRead(place) === place.active) return '';
  return place.active ? ', but git came to it when tried' : ', but git did not come to it when tried';
}

/** Whether by its text the mirror runs from a hook. */
function isRead(place: GitHookStatus | AgentStatus): boolean {
  return ['installed', 'outdated', 'by-hand'].includes(place.state) && notStarted(place) === undefined;
}

/** Whether the mirror should run, and did not when git was asked: installing it again changes nothing. */
function isUnreached(place: GitHookStatus | AgentStatus): boolean {
  return isRead(place) && !place.active;
}

function isForInstall(place: GitHookStatus | AgentStatus): boolean {
  return place.state === 'outdated' || (!place.active && !isUnreached(place));
}

function triedRow({ command, mirrorCount, pushCount, failure }: TriedCommand): string[] {
  const mirror = mirrorCount === 0 ? 'does not come to the mirror' : `comes to the mirror${times(mirrorCount)}`;
  const push = pushCount === 0 ? '' : `, and to ckpt push${times(pushCount)}`;
  const failed = failure === null ? '' : `; git failed: ${sanitize(failure)}`;
  return [`  git ${command === 'amend' ? 'commit --amend' : command}`, `${mirror}${push}${failed}`];
}

function times(count: number): string {
  return count === 1 ? '' : ` ${count} times`;
}

/** Why git does not start a hook; `undefined` where it does, or where there is none. */
function notStarted(place: GitHookStatus | AgentStatus): string | undefined {
  if (!('executable' in place) || place.executable !== false) return undefined;
  if (place.missingProgram === null) return NOT_EXECUTABLE;
  return `git can't start it: there is no ${sanitize(place.missingProgram)}`;
}

function nameOf(place: GitHookStatus | AgentStatus): string {
  return 'hook' in place ? place.hook : place.agent;
}

/** What a person has to do: lines to add, files to make executable. */
function toDo(hooks: readonly GitHookInstall[], manager: GitHooksStatus['manager']): string[][] {
  const parts: string[][] = [];
  const left = hooks.filter(({ addByHand }) => addByHand !== null);
  if (left.length > 0) {
    const why = manager === null ? 'These hooks are not shell scripts' : `${manager} owns the hooks`;
    parts.push([`${why}. Add the mirror by hand:`]);
    for (const { path, addByHand } of left) {
      parts.push([
        `  ${sanitize(path)}`,
        ...sanitizeBlock(addByHand ?? '')
          .split('\n')
          .map((line) => `    ${line}`),
      ]);
    }
  }
  const plain = hooks.filter(
    ({ executable, missingProgram, action }) => executable === false && missingProgram === null && action !== 'left',
  );
  if (plain.length > 0) {
    parts.push(['Git ignores hooks that are not executable. To turn them on:', ...plain.map(chmodLine)]);
  }
  return parts;
}

function chmodLine({ path }: GitHookInstall): string {
  return `  ${printedCommand(['chmod', '+x', path])}`;
}

function sharing({ sharedWith }: GitHooksStatus): string[] {
  switch (sharedWith) {
    case 'team':
      return [
        'These hooks lie in the work tree. The block names the path of ckpt on this machine; committed, it falls back to',
        'the ckpt on the PATH of whoever runs it, and does nothing where there is none.',
      ];
    case 'other-repositories':
      return ['This folder is outside of the repository: its hooks run in every repository that uses it.'];
    case null:
      return [];
  }
}
