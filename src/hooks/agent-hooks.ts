import { rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeLeftIn } from '../git/replace-file.ts';
import { AGENTS, type AgentName } from '../stores/agents.ts';
import { findInModule, moduleText } from './agent-module.ts';
import { addMirror, findMirror, type MirrorEntry, removeMirror, SettingsShapeError } from './agent-settings.ts';
import { AGENT_HOOKS, type AgentHook, type ModuleForm, type SettingsForm } from './agent-table.ts';
import { BadAgentSettingsError } from './errors.ts';
import { type HookFile, readHookFile, removeHookFile, writeHookFile } from './hook-file.ts';
import type { AgentInstall, AgentStatus, Uninstalled } from './hooks-report.ts';
import type { MirrorProgram } from './mirror-command.ts';
import { isCurrent, type Made, stopCommand } from './stop-command.ts';

const NEW_FILE_MODE = 0o644;
const BOM = '\ufeff';

/** An agent's file as it was found. `text` is without the byte order mark that an editor may have left. */
interface AgentFile {
  readonly path: string;
  readonly file: HookFile | undefined;
  readonly text: string | undefined;
  readonly bom: boolean;
  readonly entry: MirrorEntry;
}

/** The agents that somebody uses in this work tree: their folders are there. */
export async function agentsInUse(workTree: string): Promise<AgentName[]> {
  const used = await Promise.all(AGENTS.map((agent) => isFolder(join(workTree, AGENT_HOOKS[agent].folder))));
  return AGENTS.filter((_, i) => used[i]);
}

/** How the hook of an agent is. Changes nothing. Throws `BadAgentSettingsError`. */
export async function agentStatus(workTree: string, agent: AgentName, program: MirrorProgram): Promise<AgentStatus> {
  return statusOf(agent, await read(workTree, AGENT_HOOKS[agent]), program);
}

/** Puts the mirror into the hook of an agent. Throws `BadAgentSettingsError` with nothing changed. */
export async function installAgent(workTree: string, agent: AgentName, program: MirrorProgram): Promise<AgentInstall> {
  const hook = AGENT_HOOKS[agent];
  const found = await read(workTree, hook);
  const status = statusOf(agent, found, program);
  if (status.state === 'installed' || status.state === 'by-hand') return { ...status, action: 'unchanged' };
  const newFolder = !(await isFolder(dirname(found.path)));
  const commandFor = (made: Made) => stopCommand(agent, program, made);
  await write(found, withMirror(hook, found, commandFor, newFolder));
  const action = found.file === undefined ? 'created' : status.state === 'outdated' ? 'updated' : 'added';
  return { ...status, state: 'installed', active: true, action };
}

/** Takes the mirror out again, with what install made around it. A command that somebody wrote by hand stays. */
export async function uninstallAgent(workTree: string, agent: AgentName): Promise<Uninstalled> {
  const hook = AGENT_HOOKS[agent];
  const found = await read(workTree, hook);
  const { path, file, text, entry } = found;
  await removeLeftIn(dirname(file?.path ?? path));
  if (file === undefined || text === undefined || entry.kind !== 'own') {
    return { hook: agent, path, action: entry.kind === 'by-hand' ? 'by-hand' : 'nothing' };
  }
  const rest = isSettings(hook) ? removeMirror(hook, text) : undefined;
  if (rest !== undefined) await write(found, rest);
  else {
    await removeHookFile(file.path);
    if (entry.made === 'folder') await removeEmptyFolders(dirname(file.path), workTree);
  }
  return { hook: agent, path: file.path, action: rest === undefined ? 'deleted' : 'removed' };
}

function withMirror(
  hook: AgentHook,
  { text, entry }: AgentFile,
  commandFor: (made: Made) => string,
  newFolder: boolean,
): string {
  if (isSettings(hook)) return addMirror(hook, text, commandFor, newFolder);
  const made = entry.kind === 'own' ? entry.made : newFolder ? 'folder' : 'file';
  return moduleText(hook.form as ModuleForm, commandFor(made));
}

function statusOf(agent: AgentName, { path, file, entry }: AgentFile, program: MirrorProgram): AgentStatus {
  const state = entry.kind !== 'own' ? entry.kind : isCurrent(agent, entry, program) ? 'installed' : 'outdated';
  return { agent, path: file?.path ?? path, state, active: state === 'installed' || state === 'by-hand' };
}

async function read(workTree: string, hook: AgentHook): Promise<AgentFile> {
  const path = join(workTree, hook.file);
  const file = await readHookFile(path);
  if (file === undefined) return { path, file, text: undefined, bom: false, entry: { kind: 'absent' } };
  let whole: string;
  try {
    whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.content);
  } catch {
    throw new BadAgentSettingsError(path, 'it is not UTF-8 text');
  }
  const bom = whole.startsWith(BOM);
  const text = bom ? whole.slice(BOM.length) : whole;
  return { path, file, text, bom, entry: entryIn(path, hook, text) };
}

/** Gives an error about the shape of the file its name. */
function entryIn(path: string, hook: AgentHook, text: string): MirrorEntry {
  if (!isSettings(hook)) {
    const entry = findInModule(text);
    if (entry === undefined) throw new BadAgentSettingsError(path, 'ckpt did not write it, and it does not run ckpt');
    return entry;
  }
  try {
    return findMirror(hook, text);
  } catch (error) {
    throw error instanceof SettingsShapeError ? new BadAgentSettingsError(path, error.message) : error;
  }
}

async function write({ path, file, bom }: AgentFile, text: string): Promise<void> {
  const content = Buffer.from(bom ? BOM + text : text, 'utf8');
  await writeHookFile(file?.path ?? path, content, file?.mode ?? NEW_FILE_MODE);
}

/** Removes a folder, and those around it below the work tree, as far as nothing is in them. */
async function removeEmptyFolders(folder: string, workTree: string): Promise<void> {
  for (let path = folder; path !== workTree && path !== dirname(path); path = dirname(path)) {
    if (
      !(await rmdir(path)
        .then(() => true)
        .catch(() => false))
    )
      return; // somebody uses it
  }
}

function isSettings(hook: AgentHook): hook is AgentHook & { readonly form: SettingsForm } {
  return 'event' in hook.form;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
