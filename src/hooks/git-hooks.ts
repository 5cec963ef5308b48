import { join } from 'node:path';
import type { SharedMode } from '../git/shared-mode.ts';
import { addBlock, findBlock, removeBlock } from './block.ts';
import {
  byteText,
  type HookFile,
  readHookFile,
  removeHookFile,
  textBytes,
  toByteText,
  writeHookFile,
} from './hook-file.ts';
import { type HookManager, type HooksFolder, lefthookSection } from './hooks-folder.ts';
import { type MirrorProgram, mirrorLine, mirrorLines } from './mirror-command.ts';
import {
  GIT_HOOKS,
  type GitHookInstall,
  type GitHookName,
  type GitHookStatus,
  type InstallAction,
  type Uninstalled,
} from './report.ts';
import { callsMirror, isShellScript } from './shell-script.ts';

const NEW_HOOK_MODE = 0o755;

/** A hook as it was found. */
interface Found {
  readonly status: GitHookStatus;
  readonly file: HookFile | undefined;
  readonly text: string | undefined;
}

/** How each git hook is. Changes nothing. */
export async function gitHookStatus(folder: HooksFolder, program: MirrorProgram): Promise<GitHookStatus[]> {
  const found = await Promise.all(GIT_HOOKS.map((hook) => inspect(folder, hook, blockLines(program))));
  return found.map(({ status }) => status);
}

/**
 * Puts the mirror into each git hook where ckpt may do that. All hooks are read before the first is written. `shared`: who may change a hook
 * that is new; its owner alone where `undefined`.
 */
export async function installGitHooks(
  folder: HooksFolder,
  program: MirrorProgram,
  shared: SharedMode | undefined,
): Promise<GitHookInstall[]> {
  const lines = blockLines(program);
  const found = await Promise.all(GIT_HOOKS.map((hook) => inspect(folder, hook, lines)));
  const results: GitHookInstall[] = [];
  for (const { status, file, text } of found) {
    const action = actionFor(status);
    if (action === 'left' || action === 'unchanged') {
      const addByHand = action === 'left' ? linesToAdd(folder.manager, status.hook, program) : null;
      results.push({ ...status, action, addByHand });
      continue;
    }
    await shared?.makeFolder(folder.path);
    await writeHookFile(status.path, textBytes(addBlock(text, lines)), file?.mode ?? NEW_HOOK_MODE);
    if (file === undefined) await shared?.file(status.path);
    const executable = file?.executable ?? true;
    results.push({ ...status, state: 'installed', executable, active: executable, action, addByHand: null });
  }
  return results;
}

/**
 * Takes the blocks out of the hooks in these folders: there are two where `core.hooksPath` was set after an install. Whose
 * block it is does not matter; lines that somebody wrote by hand stay.
 */
export async function uninstallGitHooks(folder: HooksFolder, others: readonly string[]): Promise<Uninstalled[]> {
  const results: Uninstalled[] = [];
  for (const hook of GIT_HOOKS) {
    const { status } = await inspect(folder, hook, '');
    results.push(
      status.state === 'by-hand'
        ? { hook, path: status.path, action: 'by-hand' }
        : await removeFrom(join(folder.path, hook), hook),
    );
    for (const other of others) {
      const result = await removeFrom(join(other, hook), hook);
      if (result.action !== 'nothing') results.push(result);
    }
  }
  return results;
}

async function removeFrom(path: string, hook: GitHookName): Promise<Uninstalled> {
  const file = await readHookFile(path);
  const text = file === undefined ? '' : byteText(file.content);
  if (file === undefined || findBlock(text) === undefined) return { hook, path, action: 'nothing' };
  let rest: string | undefined = text;
  while (rest !== undefined && findBlock(rest) !== undefined) rest = removeBlock(rest); // a copy of a hook pasted into itself
  if (rest === undefined) {
    await removeHookFile(file.path);
    return { hook, path: file.path, action: 'deleted' };
  }
  await writeHookFile(file.path, textBytes(rest), file.mode);
  return { hook, path: file.path, action: 'removed' };
}

async function inspect(folder: HooksFolder, hook: GitHookName, lines: string): Promise<Found> {
  const path = join(folder.path, hook);
  const file = await readHookFile(path);
  const text = file === undefined ? undefined : byteText(file.content);
  const state = stateOf(text, lines);
  // A block from before the manager came still runs, until the manager writes over it.
  if (folder.manager !== null && state !== 'installed' && state !== 'outdated') {
    return { status: await managedStatus(folder.manager, hook), file, text };
  }
  const executable = file?.executable ?? null;
  const active = executable === true && (state === 'installed' || state === 'outdated' || state === 'by-hand');
  return { status: { hook, path: file?.path ?? path, state, executable, active }, file, text };
}

function stateOf(text: string | undefined, lines: string): Exclude<GitHookStatus['state'], 'managed'> {
  if (text === undefined) return 'absent';
  if (findBlock(text) !== undefined) return addBlock(text, lines) === text ? 'installed' : 'outdated';
  if (callsMirror(text)) return 'by-hand';
  return isShellScript(text) ? 'foreign' : 'not-shell';
}

async function managedStatus(manager: HookManager, hook: GitHookName): Promise<GitHookStatus> {
  const path = manager.name === 'husky' ? join(manager.path, hook) : manager.path;
  const text =
    manager.name === 'husky'
      ? byteText((await readHookFile(path))?.content ?? Buffer.alloc(0))
      : await lefthookSection(path, hook);
  const byHand = callsMirror(text);
  return { hook, path, state: byHand ? 'by-hand' : 'managed', executable: null, active: byHand };
}

function actionFor({ state }: GitHookStatus): InstallAction {
  switch (state) {
    case 'absent':
      return 'created';
    case 'foreign':
      return 'added';
    case 'outdated':
      return 'updated';
    case 'installed':
    case 'by-hand':
      return 'unchanged';
    case 'not-shell':
    case 'managed':
      return 'left';
  }
}

/** In the form that the file takes: lines of sh, or a section of lefthook's YAML. */
function linesToAdd(manager: HookManager | null, hook: GitHookName, program: MirrorProgram): string {
  const line = mirrorLine(program);
  if (manager?.name !== 'lefthook') return line;
  return `${hook}:\n  commands:\n    ckpt:\n      run: |\n        ${line}`;
}

function blockLines(program: MirrorProgram): string {
  return toByteText(mirrorLines(program));
}
