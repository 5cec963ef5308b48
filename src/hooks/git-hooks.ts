import { dirname, join } from 'node:path';
import { removeLeftIn } from '../git/replace-file.ts';
import type { SharedMode } from '../git/shared-mode.ts';
import { addBlock, findBlock, removeBlocks } from './block.ts';
import { withChain } from './entire-chain.ts';
import {
  byteText,
  type HookFile,
  readHookFile,
  removeHookFile,
  textBytes,
  toByteText,
  writeHookFile,
} from './hook-file.ts';
import type { HookManager, HooksFolder } from './hooks-folder.ts';
import {
  GIT_HOOKS,
  type GitHookInstall,
  type GitHookName,
  type GitHookStatus,
  type InstallAction,
  type Uninstalled,
} from './hooks-report.ts';
import { inspectHook } from './inspect-hook.ts';
import { lefthookAddition } from './lefthook.ts';
import { type MirrorProgram, mirrorLine, mirrorLines } from './mirror-command.ts';
import { allowsGone, type RenamedHook, renamedHooks } from './renamed-hook.ts';

const NEW_HOOK_MODE = 0o755;
const EMPTY_HOOK = '#!/bin/sh\n';

/** How each git hook is. Changes nothing. */
export async function gitHookStatus(folder: HooksFolder, program: MirrorProgram): Promise<GitHookStatus[]> {
  const found = await Promise.all(GIT_HOOKS.map((hook) => inspectHook(folder, hook, blockLines(program))));
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
  const found = await Promise.all(GIT_HOOKS.map((hook) => inspectHook(folder, hook, lines)));
  const results: GitHookInstall[] = [];
  for (const { status: hook, file, text, caller, doubles = [] } of found) {
    const action = actionFor(hook);
    if (action === 'left' || action === 'unchanged') {
      const addByHand = action === 'left' ? await linesToAdd(folder.manager, hook, program) : null;
      results.push({ ...hook, action, addByHand });
      continue;
    }
    await shared?.makeFolder(folder.path);
    await writeHookFile(hook.path, textBytes(addBlock(text, lines)), file?.mode ?? NEW_HOOK_MODE);
    if (file === undefined) await shared?.file(hook.path);
    if (caller !== undefined) await writeChain(caller);
    for (const double of doubles) await removeRenamed(double, text);
    const executable = (file?.executable ?? true) && (caller?.executable ?? true);
    const pushes = hook.pushes === 'no' && hook.hook === 'pre-push' ? 'if-set' : hook.pushes;
    results.push({ ...hook, state: 'installed', executable, active: executable, pushes, action, addByHand: null });
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
    const path = join(folder.path, hook);
    const removed: Uninstalled[] = [];
    for (const one of [path, ...others.map((other) => join(other, hook))])
      removed.push(...(await removeFrom(one, hook)));
    results.push(...removed);
    // What still runs the mirror was not ours.
    const { status: left } = await inspectHook(folder, hook, '');
    if (left.state === 'by-hand') results.push({ hook, path: left.path, action: 'by-hand' });
    else if (removed.length === 0) results.push({ hook, path, action: 'nothing' });
  }
  return results;
}

/** Takes the blocks out of a hook, and out of those that other installers have renamed there. Returns what was done; none where there was none. */
async function removeFrom(path: string, hook: GitHookName): Promise<Uninstalled[]> {
  const file = await readHookFile(path);
  await removeLeftIn(dirname(file?.path ?? path));
  const text = file === undefined ? undefined : byteText(file.content);
  const removed: Uninstalled[] = [];
  if (file !== undefined && text !== undefined && findBlock(text) !== undefined) {
    removed.push({ hook, path: file.path, action: await removeBlocksFrom(file, removeBlocks(text)) });
  }
  for (const renamed of (await renamedHooks(path)).filter(({ hasBlock }) => hasBlock)) {
    removed.push({ hook, path: renamed.file.path, action: await removeRenamed(renamed, text) });
  }
  return removed;
}

/** Takes the blocks out of a renamed hook. A script that calls it without a look would fail from then on: what is left there does nothing. */
function removeRenamed(
  { file, text, suffix }: RenamedHook,
  caller: string | undefined,
): Promise<'deleted' | 'removed'> {
  const rest = removeBlocks(text);
  return removeBlocksFrom(file, rest ?? (caller === undefined || allowsGone(caller, suffix) ? undefined : EMPTY_HOOK));
}

async function removeBlocksFrom(file: HookFile, rest: string | undefined): Promise<'deleted' | 'removed'> {
  if (rest === undefined) {
    await removeHookFile(file.path);
    return 'deleted';
  }
  await writeHookFile(file.path, textBytes(rest), file.mode);
  return 'removed';
}

/** Makes Entire's script run the chained hook, once. */
async function writeChain(caller: HookFile): Promise<void> {
  const before = byteText(caller.content);
  const after = withChain(before);
  if (after !== before) await writeHookFile(caller.path, textBytes(after), caller.mode);
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

/** In the form that the file takes: lines of sh, or a section of lefthook's configuration. */
async function linesToAdd(
  manager: HookManager | null,
  { hook, path }: GitHookStatus,
  program: MirrorProgram,
): Promise<string> {
  const line = mirrorLine(program);
  return manager?.name === 'lefthook' ? lefthookAddition(path, hook, line) : line;
}

function blockLines(program: MirrorProgram): string {
  return toByteText(mirrorLines(program));
}
