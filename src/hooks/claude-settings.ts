import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { insertChild, parseJson, removeChild, replaceValue } from './json-edit.ts';
import { type MirrorProgram, mirrorLine } from './mirror-command.ts';
import { callsMirror } from './shell-script.ts';

/** The version of the command. One of another version is replaced by the next install. */
const VERSION = 1;

/**
 * How much install had to make around its entry, the outermost thing named. It stands in a comment at the end of the
 * command, since JSON has no other place for it: so uninstall can take out exactly that, in any clone.
 */
export type Made = 'nothing' | 'Stop' | 'hooks' | 'file' | 'folder';

/** From the innermost to the outermost: who made one made those before it. */
const LEVELS: readonly Made[] = ['nothing', 'Stop', 'hooks', 'file', 'folder'];

const OWN = /# ckpt hooks \d+(?: \+(\w+))?$/;

/** What the mirror's place in the settings looks like. */
export type MirrorEntry = { readonly kind: 'absent' } | { readonly kind: 'by-hand' } | OwnEntry;

/** The command that install put in, and what it made around it. */
export interface OwnEntry {
  readonly kind: 'own';
  readonly command: string;
  readonly made: Made;
}

/** The settings hold something else where the `Stop` hook belongs. The message says what, in words that follow a colon. */
export class SettingsShapeError extends Error {
  override readonly name = 'SettingsShapeError';
}

/**
 * The command of the `Stop` hook. The agent runs it by sh, in whatever folder it is working in; it says in its environment
 * where the project is.
 */
export function stopCommand(program: MirrorProgram, made: Made): string {
  const mark = made === 'nothing' ? '' : ` +${made}`;
  return `${mirrorLine(program, ` --repo "\${CLAUDE_PROJECT_DIR:-.}"`)} # ckpt hooks ${VERSION}${mark}`;
}

/**
 * Whether install would leave the command as it is. The file is often committed, and the path in it then is a colleague's. That
 * is fine where `ckpt` is on the PATH, which every form of the command falls back to: two colleagues must not overwrite each
 * other's command in turns.
 */
export function isCurrent({ command, made }: OwnEntry, program: MirrorProgram): boolean {
  const withPath = stopCommand({ ...program, onPath: false }, made);
  if (command === withPath) return true;
  if (!program.onPath) return false;
  return command === stopCommand(program, made) || afterPath(command) === afterPath(withPath);
}

/** Finds the mirror among the `Stop` hooks (https://code.claude.com/docs/en/hooks). Throws `SettingsShapeError`. */
export function findMirror(text: string): MirrorEntry {
  const commands = stopCommands(parse(text)).map(({ command }) => command);
  const own = commands.map((node) => String(node.value)).find((command) => OWN.test(command));
  if (own !== undefined) return { kind: 'own', command: own, made: madeOf(own) };
  return commands.some((node) => callsMirror(String(node.value))) ? { kind: 'by-hand' } : { kind: 'absent' };
}

/**
 * Settings with the mirror in them, every other byte as it was. `text` is `undefined` where there is no file; `newFolder` says
 * that there is no folder either. Throws `SettingsShapeError`.
 */
export function addMirror(text: string | undefined, program: MirrorProgram, newFolder = false): string {
  if (text === undefined) return insert('{}\n', program, newFolder ? 'folder' : 'file');
  const root = parse(text);
  const old = stopCommands(root).find(({ command }) => OWN.test(String(command.value)));
  if (old === undefined) return insert(text, program, undefined);
  return replaceValue(text, old.command, stopCommand(program, madeOf(String(old.command.value))));
}

/** Settings without the mirror, as they were before install; `undefined` where the file is to be removed. */
export function removeMirror(text: string): string | undefined {
  const own = stopCommands(parse(text)).find(({ command }) => OWN.test(String(command.value)));
  if (own === undefined) return text;
  const made = madeOf(String(own.command.value));
  const isAlone = own.hooks.children?.length === 1;
  let rest = isAlone ? removeChild(text, own.stop, own.group) : removeChild(text, own.hooks, own.hook);
  for (const path of [['hooks', 'Stop'], ['hooks']]) {
    const root = parse(rest);
    const emptied = findNodeAtLocation(root, path);
    if (emptied?.children?.length !== 0 || !isWithin(made, path.at(-1) as Made)) return rest;
    const property = emptied.parent;
    if (property?.parent !== undefined) rest = removeChild(rest, property.parent, property);
  }
  return isWithin(made, 'file') && parse(rest).children?.length === 0 ? undefined : rest;
}

function insert(text: string, program: MirrorProgram, outermost: Made | undefined): string {
  const root = parse(text);
  const hooks = findNodeAtLocation(root, ['hooks']);
  const stop = findNodeAtLocation(root, ['hooks', 'Stop']);
  const made = outermost ?? (hooks === undefined ? 'hooks' : stop === undefined ? 'Stop' : 'nothing');
  const group = { hooks: [{ type: 'command', command: stopCommand(program, made) }] };
  if (stop !== undefined) return insertChild(text, stop, group);
  if (hooks !== undefined) return insertChild(text, hooks, [group], 'Stop');
  return insertChild(text, root, { Stop: [group] }, 'hooks');
}

/** Every command of the `Stop` hook, with what it lies in. */
function stopCommands(root: Node): Array<{ stop: Node; group: Node; hooks: Node; hook: Node; command: Node }> {
  const stop = findNodeAtLocation(root, ['hooks', 'Stop']);
  return (stop?.children ?? []).flatMap((group) => {
    const hooks = findNodeAtLocation(group, ['hooks']);
    return (hooks?.children ?? []).flatMap((hook) => {
      const command = findNodeAtLocation(hook, ['command']);
      return stop === undefined || hooks === undefined || command?.type !== 'string'
        ? []
        : [{ stop, group, hooks, hook, command }];
    });
  });
}

function parse(text: string): Node {
  const root = parseJson(text);
  if (root === undefined) throw new SettingsShapeError('it is no JSON');
  if (root.type !== 'object') throw new SettingsShapeError('it holds something else than an object');
  const hooks = findNodeAtLocation(root, ['hooks']);
  if (hooks !== undefined && hooks.type !== 'object') throw new SettingsShapeError('"hooks" in it is no object');
  const stop = findNodeAtLocation(root, ['hooks', 'Stop']);
  if (stop !== undefined && stop.type !== 'array') throw new SettingsShapeError('"hooks.Stop" in it is no array');
  return root;
}

/** What follows this machine's path in a command; the whole of one that has none. */
function afterPath(command: string): string {
  return /; \[ -x .*$/.exec(command)?.[0] ?? command;
}

function madeOf(command: string): Made {
  const mark = OWN.exec(command)?.[1];
  return LEVELS.find((level) => level === mark) ?? 'nothing';
}

function isWithin(made: Made, level: Made): boolean {
  return LEVELS.indexOf(made) >= LEVELS.indexOf(level);
}
