import { join } from 'node:path';
import { addBlock, findBlock, removeBlocks } from './block.ts';
import { CHAINED_SUFFIX, isEntireScript, runsChained, runsMirrorItself, withChain } from './entire-chain.ts';
import { byteText, type HookFile, readHookFile } from './hook-file.ts';
import type { HookManager, HooksFolder } from './hooks-folder.ts';
import type { GitHookName, GitHookStatus } from './hooks-report.ts';
import { lefthookCommands, lefthookTarget } from './lefthook.ts';
import { type RenamedHook, renamedHooks, renamedRuns } from './renamed-hook.ts';
import { callsMirror, callsPush, isShellScript } from './shell-script.ts';

/** A hook as it was found. */
export interface FoundHook {
  readonly status: GitHookStatus;
  readonly file: HookFile | undefined;
  /** What that file says; of a manager's hook what the manager runs. */
  readonly text: string | undefined;
  /** The script of Entire's client that runs this hook: `status` is then about the hook that it chains. */
  readonly caller?: HookFile | undefined;
  /** Renamed hooks that run the mirror once more. */
  readonly doubles?: readonly RenamedHook[] | undefined;
}

/** The same before it is known what else it does, and why git can't start it. */
type LocatedHook = Omit<FoundHook, 'status'> & {
  readonly status: Omit<GitHookStatus, 'pushes' | 'missingProgram'>;
};

/** A hook as git would run it: where the mirror is, or belongs. `lines` are those of the block. Changes nothing. */
export async function inspectHook(folder: HooksFolder, hook: GitHookName, lines: string): Promise<FoundHook> {
  const path = join(folder.path, hook);
  const file = await readHookFile(path);
  const first = file === undefined ? undefined : byteText(file.content);
  const found = await locate(folder, { hook, path, file, text: first }, lines);
  const texts = [first, found.text].filter((text) => text !== undefined);
  const pushes = found.status.executable === false ? 'no' : pushesOf(hook, texts);
  const missingProgram = file?.missingProgram ?? found.file?.missingProgram ?? null;
  return { ...found, status: { ...found.status, pushes, missingProgram } };
}

function pushesOf(hook: GitHookName, texts: readonly string[]): GitHookStatus['pushes'] {
  if (texts.some((text) => callsPush(removeBlocks(text) ?? ''))) return 'always';
  const blocks = texts.map((text) => {
    const block = findBlock(text);
    return block === undefined ? '' : text.slice(block.start, block.end);
  });
  // The block is the same in each hook, and looks where it is.
  return hook === 'pre-push' && blocks.some(callsPush) ? 'if-set' : 'no';
}

async function locate(
  folder: HooksFolder,
  { hook, path, file, text }: { hook: GitHookName; path: string; file: HookFile | undefined; text: string | undefined },
  lines: string,
): Promise<LocatedHook> {
  const state = stateOf(text, lines);
  // A block from before the manager came still runs, until the manager writes over it.
  if (folder.manager !== null && state !== 'installed' && state !== 'outdated') {
    return inspectManaged(folder.manager, hook, file);
  }
  if (file !== undefined && text !== undefined && isEntireScript(text)) return inspectChained(path, hook, file, lines);
  const renamed = await renamedHooks(path);
  const { run, twice } = renamedRuns(text ?? '', renamed);
  if (run !== undefined && file !== undefined) {
    // Another installer has come since: its script runs the hook that has the block, under another name.
    if (state === 'foreign' || state === 'not-shell') return inspectRenamed(hook, file, { run, twice }, lines);
    // Both have one, as an earlier version left it.
    if (run.hasBlock && (state === 'installed' || state === 'outdated')) {
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

/** A hook that runs a renamed one, which runs the mirror: it stays there. */
function inspectRenamed(
  hook: GitHookName,
  caller: HookFile,
  { run: { file, text }, twice }: { readonly run: RenamedHook; readonly twice: readonly RenamedHook[] },
  lines: string,
): LocatedHook {
  const executable = caller.executable && file.executable;
  const state = twice.length > 0 ? 'outdated' : stateOf(text, lines);
  return { status: { hook, path: file.path, state, executable, active: executable }, file, text, doubles: twice };
}

/**
 * A hook of Entire's client, which overwrites its scripts whole and calls `<hook>.pre-entire` from them: the mirror belongs there,
 * and nowhere else, so that it runs once.
 */
async function inspectChained(path: string, hook: GitHookName, caller: HookFile, lines: string): Promise<LocatedHook> {
  const chained = path + CHAINED_SUFFIX;
  const script = byteText(caller.content);
  const file = await readHookFile(chained);
  const text = file === undefined ? undefined : byteText(file.content);
  const own = stateOf(text, lines);
  if (file !== undefined && text !== undefined && (own === 'foreign' || own === 'not-shell')) {
    // A third installer was there before: Entire's script runs that one's, which runs the hook with the block.
    const { run, twice } = renamedRuns(text, await renamedHooks(path));
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

async function inspectManaged(
  manager: HookManager,
  hook: GitHookName,
  file: HookFile | undefined,
): Promise<LocatedHook> {
  if (manager.name === 'lefthook') {
    const commands = await lefthookCommands(manager, hook);
    const runs = commands.some(callsMirror);
    const path = runs ? manager.path : await lefthookTarget(manager);
    const state = runs ? 'by-hand' : 'managed';
    return { status: { hook, path, state, executable: null, active: runs }, file, text: commands.join('\n') };
  }
  const path = join(manager.path, hook);
  const text = byteText((await readHookFile(path))?.content ?? Buffer.alloc(0));
  const runs = callsMirror(text);
  return { status: { hook, path, state: runs ? 'by-hand' : 'managed', executable: null, active: runs }, file, text };
}
