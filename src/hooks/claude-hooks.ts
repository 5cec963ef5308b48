import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addMirror, findMirror, isCurrent, removeMirror, SettingsShapeError } from './claude-settings.ts';
import { BadAgentSettingsError } from './errors.ts';
import { type HookFile, readHookFile, removeHookFile, writeHookFile } from './hook-file.ts';
import type { AgentInstall, AgentStatus, Uninstalled } from './hooks-report.ts';
import type { MirrorProgram } from './mirror-command.ts';

const AGENT = 'claude-code';
const NEW_FILE_MODE = 0o644;
const BOM = '\ufeff';

/** Settings as they were found. `text` is without the byte order mark that an editor may have left. */
interface Settings {
  readonly file: HookFile | undefined;
  readonly text: string | undefined;
  readonly bom: boolean;
}

/** Whether somebody uses Claude Code in this work tree: its folder is there. */
export async function usesClaude(workTree: string): Promise<boolean> {
  return isFolder(join(workTree, '.claude'));
}

/** How the `Stop` hook of Claude Code is. Changes nothing. Throws `BadAgentSettingsError`. */
export async function claudeStatus(workTree: string, program: MirrorProgram): Promise<AgentStatus> {
  return statusOf(settingsPath(workTree), await read(workTree), program);
}

/** Puts the mirror into the `Stop` hook of Claude Code. Throws `BadAgentSettingsError` with nothing changed. */
export async function installClaude(workTree: string, program: MirrorProgram): Promise<AgentInstall> {
  const settings = await read(workTree);
  const status = statusOf(settingsPath(workTree), settings, program);
  if (status.state === 'installed' || status.state === 'by-hand') return { ...status, action: 'unchanged' };
  const newFolder = !(await isFolder(dirname(settingsPath(workTree))));
  const text = addMirror(settings.text, program, newFolder);
  await write(status.path, text, settings);
  const action = settings.file === undefined ? 'created' : status.state === 'outdated' ? 'updated' : 'added';
  return { ...status, state: 'installed', active: true, action };
}

/** Takes the mirror out again, with what install made around it. A command that somebody wrote by hand stays. */
export async function uninstallClaude(workTree: string): Promise<Uninstalled> {
  const path = settingsPath(workTree);
  const settings = await read(workTree);
  const { file, text } = settings;
  const entry = text === undefined ? undefined : inSettings(path, () => findMirror(text));
  if (file === undefined || text === undefined || entry?.kind !== 'own') {
    return { hook: AGENT, path, action: entry?.kind === 'by-hand' ? 'by-hand' : 'nothing' };
  }
  const rest = removeMirror(text);
  if (rest === undefined) await removeHookFile(file.path, entry.made === 'folder');
  else await write(file.path, rest, settings);
  return { hook: AGENT, path: file.path, action: rest === undefined ? 'deleted' : 'removed' };
}

function statusOf(path: string, { file, text }: Settings, program: MirrorProgram): AgentStatus {
  const entry = text === undefined ? undefined : inSettings(path, () => findMirror(text));
  const state =
    entry?.kind !== 'own' ? (entry?.kind ?? 'absent') : isCurrent(entry, program) ? 'installed' : 'outdated';
  return { agent: AGENT, path: file?.path ?? path, state, active: state === 'installed' || state === 'by-hand' };
}

async function read(workTree: string): Promise<Settings> {
  const path = settingsPath(workTree);
  const file = await readHookFile(path);
  if (file === undefined) return { file, text: undefined, bom: false };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.content);
    const bom = text.startsWith(BOM);
    return { file, text: bom ? text.slice(BOM.length) : text, bom };
  } catch {
    throw new BadAgentSettingsError(path, 'it is not UTF-8 text');
  }
}

async function write(path: string, text: string, { file, bom }: Settings): Promise<void> {
  await writeHookFile(path, Buffer.from(bom ? BOM + text : text, 'utf8'), file?.mode ?? NEW_FILE_MODE);
}

/** Gives an error about the shape of the settings the name of their file. */
function inSettings<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SettingsShapeError ? new BadAgentSettingsError(path, error.message) : error;
  }
}

function settingsPath(workTree: string): string {
  return join(workTree, '.claude', 'settings.json');
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
