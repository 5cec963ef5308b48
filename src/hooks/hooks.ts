import { isTrue } from '../git/config-value.ts';
import type { Repository } from '../git/repository.ts';
import { sharedModeOf } from '../git/shared-mode.ts';
import type { AgentName } from '../stores/agents.ts';
import { BACKGROUND_KEY, hasWorker, isBackground } from '../stores/background.ts';
import { readLastRun } from '../stores/last-run.ts';
import { MIRROR_KEY, type MirrorPlan, readWritePlan } from '../stores/mirrors.ts';
import { agentStatus, agentsInUse, installAgent, uninstallAgent } from './agent-hooks.ts';
import { NoHooksFolderError, NoWorkTreeError } from './errors.ts';
import { gitHookStatus, installGitHooks, uninstallGitHooks } from './git-hooks.ts';
import { defaultFolder, findHooksFolder, type HooksFolder } from './hooks-folder.ts';
import type { GitHooksStatus, HooksStatus, InstallResult, UninstallResult } from './hooks-report.ts';
import { type MirrorProgram, PUSH_KEY } from './mirror-command.ts';

/** Which hooks are meant, and what they are to call. */
export interface HooksOptions {
  readonly git: boolean;
  /** Agents; `in-use` means those that are used in this work tree. */
  readonly agents: readonly AgentName[] | 'in-use';
  readonly program: MirrorProgram;
  readonly env: NodeJS.ProcessEnv;
  /** Layouts that the mirror is to keep in step besides those of the settings; they take the place of those recorded before. Absent: those stay. */
  readonly mirrors?: MirrorPlan['targets'] | undefined;
  /** Whether `git push` sends checkpoints too, to the remote that it is given. Absent: as before. */
  readonly isPushing?: boolean | undefined;
  /** Whether hooks leave the mirror to a process of its own. Absent: as before. */
  readonly isBackground?: boolean | undefined;
  /** Whether `hooksStatus` has git run the hooks, in a copy of the repository. */
  readonly isTrial?: boolean | undefined;
}

/** How the hooks are, and when one ran last. Changes nothing here; with `isTrial` other hooks of the user run too. */
export async function hooksStatus(repo: Repository, options: HooksOptions): Promise<HooksStatus> {
  const folder = options.git ? await findHooksFolder(repo, options.env) : undefined;
  const forAgents = await agentsMeant(repo, options);
  const plan = await readWritePlan(repo, options.env).catch(() => undefined);
  const isSet = await isPushing(repo);
  const read = folder === undefined ? [] : await gitHookStatus(folder, options.program);
  const isTried = folder !== undefined && options.isTrial === true;
  const { trial, hooks } = isTried
    ? await (await import('./trial.ts')).tryHooks(repo, { hooks: read, isPushing: isSet, env: options.env })
    : { trial: null, hooks: read };
  return {
    git: folder === undefined ? null : { ...facts(folder), hooks },
    trial,
    agents: await forAgents((workTree, agent) => agentStatus(workTree, agent, options.program)),
    primary: plan?.primary ?? null,
    targets: plan?.targets ?? [],
    isPushing: isSet,
    isBackground: await isBackground(repo),
    isWorking: await hasWorker(repo.commonDir),
    lastRun: (await readLastRun(repo.commonDir)) ?? null,
  };
}

/**
 * Puts the mirror into the hooks that are meant. What can't be read is found before anything is changed. A second run changes
 * nothing.
 */
export async function installHooks(repo: Repository, options: HooksOptions): Promise<InstallResult> {
  const folder = options.git ? await findHooksFolder(repo, options.env) : undefined;
  // What others wrote keeps its mode; what lies elsewhere is not the repository's.
  const isOwn = folder !== undefined && folder.sharedWith === null;
  const shared = isOwn ? await sharedModeOf(repo) : undefined;
  const forAgents = await agentsMeant(repo, options);
  // Throws where a file can't be edited.
  await forAgents((workTree, agent) => agentStatus(workTree, agent, options.program));
  const git =
    folder === undefined ? null : { ...facts(folder), hooks: await installGitHooks(folder, options.program, shared) };
  const agents = await forAgents((workTree, agent) => installAgent(workTree, agent, options.program));
  const complete = [...(git?.hooks ?? []), ...agents].every(({ active }) => active);
  if (options.mirrors !== undefined) await repo.setConfig(MIRROR_KEY, [...new Set(options.mirrors)]);
  if (options.isPushing !== undefined) await switchTo(repo, PUSH_KEY, options.isPushing);
  if (options.isBackground !== undefined) await switchTo(repo, BACKGROUND_KEY, options.isBackground);
  const mirrors = await repo.configAll(MIRROR_KEY);
  return { git, agents, complete, mirrors, isPushing: await isPushing(repo), isBackground: await isBackground(repo) };
}

/** Takes out of the hooks that are meant what install put in, and nothing else. */
export async function uninstallHooks(repo: Repository, options: HooksOptions): Promise<UninstallResult> {
  const usual: HooksFolder = { path: defaultFolder(repo), manager: null, sharedWith: null };
  const folder = options.git ? await findHooksFolder(repo, options.env).catch(ifNoFolder(usual)) : undefined;
  const forAgents = await agentsMeant(repo, options);
  await forAgents((workTree, agent) => agentStatus(workTree, agent, options.program)); // as in install
  const others = [usual.path].filter((path) => path !== folder?.path);
  const git = folder === undefined ? [] : await uninstallGitHooks(folder, others);
  const agents = await forAgents(uninstallAgent);
  // Without hooks nothing is kept in step; hooks that stay, since one kind alone was named, go on.
  const taken = new Map<string, string[]>();
  for (const key of options.git ? [MIRROR_KEY, PUSH_KEY, BACKGROUND_KEY] : []) taken.set(key, await takeOut(repo, key));
  const settings = [PUSH_KEY, BACKGROUND_KEY].filter((key) => taken.get(key)?.some(isTrue));
  return { places: [...git, ...agents], mirrors: taken.get(MIRROR_KEY) ?? [], settings };
}

/** Takes the values of a key out of the repository's configuration, and gives them; what other files of git's configuration have stays. */
async function takeOut(repo: Repository, key: string): Promise<string[]> {
  const before = await repo.configAll(key);
  if (before.length === 0) return [];
  await repo.setConfig(key, []);
  const left = await repo.configAll(key);
  return before.filter((value) => !left.includes(value));
}

/** Turns a setting on or off here; off is written down only where another file of git's configuration turns it on. */
async function switchTo(repo: Repository, key: string, isOn: boolean): Promise<void> {
  await repo.setConfig(key, isOn ? ['true'] : []);
  if (!isOn && isTrue((await repo.config(key)) ?? '')) await repo.setConfig(key, ['false']);
}

/** Hooks that were turned off after the install still have to come out of the usual folder. */
function ifNoFolder(usual: HooksFolder) {
  return (error: unknown): HooksFolder => {
    if (error instanceof NoHooksFolderError) return usual;
    throw error;
  };
}

async function isPushing(repo: Repository): Promise<boolean> {
  return isTrue((await repo.config(PUSH_KEY)) ?? '');
}

/** What does something for each agent that is meant, one after the other, in the work tree. Throws `NoWorkTreeError`. */
async function agentsMeant(repo: Repository, { agents }: HooksOptions) {
  const { workTree } = repo;
  if (workTree === undefined && agents !== 'in-use' && agents.length > 0) throw new NoWorkTreeError(repo.gitDir);
  const names = workTree === undefined ? [] : agents === 'in-use' ? await agentsInUse(workTree) : [...new Set(agents)];
  return async <T>(work: (workTree: string, agent: AgentName) => Promise<T>): Promise<T[]> => {
    const results: T[] = [];
    for (const name of names) results.push(await work(workTree ?? '', name));
    return results;
  };
}

function facts({ path, manager, sharedWith }: HooksFolder): Omit<GitHooksStatus, 'hooks'> {
  return { folder: path, manager: manager?.name ?? null, sharedWith };
}
