import { join } from 'node:path';
import type { SharedMode } from '../git/shared-mode.ts';
import { addBlock, findBlock, removeBlocks } from './block.ts';
import { CHAINED_SUFFIX, isEntireScript, runsChained, runsMirrorItself, withChain } from './entire-chain.ts';
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
import { lefthookAddition, lefthookRuns } from './lefthook.ts';
import { type MirrorProgram, mirrorLine, mirrorLines } from './mirror-command.ts';
import { allowsGone, type RenamedHook, renamedHooks, runsRenamed } from './renamed-hook.ts';
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
const EMPTY_HOOK = '#!/bin/sh\n';

/** A hook as it was found. */
interface Found {
  readonly status: GitHookStatus;
  readonly file: HookFile | undefined;
  readonly text: string | undefined;
  /** The script of Entire's client that runs this hook: `status` is then about the hook that it chains. */
  readonly caller?: HookFile | undefined;
  /** Renamed hooks that run the mirror once more. */
  readonly doubles?: readonly RenamedHook[] | undefined;
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
  for (const { status, file, text, caller, doubles = [] } of found) {
    const action = actionFor(status);
    if (action === 'left' || action === 'unchanged') {
      const addByHand = action === 'left' ? await linesToAdd(folder.manager, status.hook, program) : null;
      results.push({ ...status, action, addByHand });
      continue;
    }
    await shared?.makeFolder(folder.path);
    await writeHookFile(status.path, textBytes(addBlock(text, lines)), file?.mode ?? NEW_HOOK_MODE);
    if (file === undefined) await shared?.file(status.path);
    if (caller !== undefined) await writeChain(caller);
    for (const double of doubles) await removeRenamed(double, text);
    const executable = (file?.executable ?? true) && (caller?.executable ?? true);
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
    const path = join(folder.path, hook);
    const removed: Uninstalled[] = [];
    for (const one of [path, ...others.map((other) => join(other, hook))])
      removed.push(...(await removeFrom(one, hook)));
    if (removed.length > 0) results.push(...removed);
    else if (status.state === 'by-hand') results.push({ hook, path: status.path, action: 'by-hand' });
    else results.push({ hook, path, action: 'nothing' });
  }
  return results;
}

/** Takes the blocks out of a hook, and out of those that other installers have renamed there. Returns what was done; none where there was none. */
async function removeFrom(path: string, hook: GitHookName): Promise<Uninstalled[]> {
  const file = await readHookFile(path);
  const text = file === undefined ? undefined : byteText(file.content);
  const removed: Uninstalled[] = [];
  if (file !== undefined && text !== undefined && findBlock(text) !== undefined) {
    removed.push({ hook, path: file.path, action: await removeBlocksFrom(file, removeBlocks(text)) });
  }
  for (const renamed of await renamedHooks(path)) {
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

async function inspect(folder: HooksFolder, hook: GitHookName, lines: string): Promise<Found> {
  const path = join(folder.path, hook);
  const file = await readHookFile(path);
  const text = file === undefined ? undefined : byteText(file.content);
  const state = stateOf(text, lines);
  // A block from before the manager came still runs, until the manager writes over it.
  if (folder.manager !== null && state !== 'installed' && state !== 'outdated') {
    return { status: await managedStatus(folder.manager, hook), file, text };
  }
  if (file !== undefined && text !== undefined && isEntireScript(text)) return inspectChained(path, hook, file, lines);
  const renamed = await renamedHooks(path);
  const [run, ...twice] = text === undefined ? [] : renamed.filter(({ suffix }) => runsRenamed(text, suffix));
  if (run !== undefined && file !== undefined) {
    // Another installer has come since: its script runs the hook that has the block, under another name.
    if (state === 'foreign' || state === 'not-shell') return inspectRenamed(hook, file, { run, twice }, lines);
    // Both have one, as an earlier version left it.
    if (state === 'installed' || state === 'outdated') {
      const status = {
        hook,
        path: file.path,
        state: 'outdated',
        executable: file.executable,
        active: file.executable,
      } as const;
      return { status, file, text, doubles: [run, ...twice] };
    }
  }
  const executable = file?.executable ?? null;
  const active = executable === true && (state === 'installed' || state === 'outdated' || state === 'by-hand');
  return { status: { hook, path: file?.path ?? path, state, executable, active }, file, text };
}

/** A hook that runs a renamed one, which has the block: the mirror stays there. */
function inspectRenamed(
  hook: GitHookName,
  caller: HookFile,
  { run: { file, text }, twice }: { readonly run: RenamedHook; readonly twice: readonly RenamedHook[] },
  lines: string,
): Found {
  const executable = caller.executable && file.executable;
  const state = twice.length > 0 ? 'outdated' : stateOf(text, lines);
  return { status: { hook, path: file.path, state, executable, active: executable }, file, text, doubles: twice };
}

/**
 * A hook of Entire's client, which overwrites its scripts whole and calls `<hook>.pre-entire` from them: the mirror belongs there,
 * and nowhere else, so that it runs once.
 */
async function inspectChained(path: string, hook: GitHookName, caller: HookFile, lines: string): Promise<Found> {
  const chained = path + CHAINED_SUFFIX;
  const script = byteText(caller.content);
  const file = await readHookFile(chained);
  const text = file === undefined ? undefined : byteText(file.content);
  const own = stateOf(text, lines);
  if (file !== undefined && text !== undefined && (own === 'foreign' || own === 'not-shell')) {
    // A third installer was there before: Entire's script runs that one's, which runs the hook with the block.
    const [run, ...twice] = (await renamedHooks(path)).filter(({ suffix }) => runsRenamed(text, suffix));
    const first = { ...file, executable: file.executable && caller.executable };
    if (run !== undefined) return inspectRenamed(hook, first, { run, twice }, lines);
  }
  const isWhole = runsChained(script) && withChain(script) === script;
  const state = chainedState(own, {
    isWhole,
    isDirect: runsMirrorItself(script),
    isByHand: callsMirror(removeBlocks(script) ?? ''),
  });
  const executable = caller.executable && (file?.executable ?? true);
  const active = executable && (state === 'installed' || state === 'outdated' || state === 'by-hand');
  return { status: { hook, path: file?.path ?? chained, state, executable, active }, file, text, caller };
}

function chainedState(
  own: ReturnType<typeof stateOf>,
  script: { readonly isWhole: boolean; readonly isDirect: boolean; readonly isByHand: boolean },
): ReturnType<typeof stateOf> {
  if (own === 'installed') return script.isWhole ? 'installed' : script.isDirect ? 'outdated' : 'foreign';
  if (script.isDirect || own === 'outdated') return 'outdated';
  if (script.isByHand) return 'by-hand';
  return own === 'absent' ? 'foreign' : own;
}

function stateOf(text: string | undefined, lines: string): Exclude<GitHookStatus['state'], 'managed'> {
  if (text === undefined) return 'absent';
  if (findBlock(text) !== undefined) return addBlock(text, lines) === text ? 'installed' : 'outdated';
  if (callsMirror(text)) return 'by-hand';
  return isShellScript(text) ? 'foreign' : 'not-shell';
}

async function managedStatus(manager: HookManager, hook: GitHookName): Promise<GitHookStatus> {
  const path = manager.name === 'husky' ? join(manager.path, hook) : manager.path;
  const byHand =
    manager.name === 'husky'
      ? callsMirror(byteText((await readHookFile(path))?.content ?? Buffer.alloc(0)))
      : await lefthookRuns(manager.workTree, hook);
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

/** In the form that the file takes: lines of sh, or a section of lefthook's configuration. */
async function linesToAdd(manager: HookManager | null, hook: GitHookName, program: MirrorProgram): Promise<string> {
  const line = mirrorLine(program);
  return manager?.name === 'lefthook' ? lefthookAddition(manager.path, hook, line) : line;
}

function blockLines(program: MirrorProgram): string {
  return toByteText(mirrorLines(program));
}
