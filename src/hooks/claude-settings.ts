import { type JsonEditor, type JsonPath, openJson } from '../json/editor.ts';
import { isObject } from '../json/read.ts';
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
 * where the project is, and on its stdin which session has ended a turn.
 */
export function stopCommand(program: MirrorProgram, made: Made): string {
  const mark = made === 'nothing' ? '' : ` +${made}`;
  return `${mirrorLine(program, { options: ` claude-code --repo "\${CLAUDE_PROJECT_DIR:-.}"`, input: '' })} # ckpt hooks ${VERSION}${mark}`;
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
  const commands = stopCommands(open(text)).map(({ command }) => command);
  const own = commands.find((command) => OWN.test(command));
  if (own !== undefined) return { kind: 'own', command: own, made: madeOf(own) };
  return commands.some(callsMirror) ? { kind: 'by-hand' } : { kind: 'absent' };
}

/**
 * Settings with the mirror in them, every other byte as it was. `text` is `undefined` where there is no file; `newFolder` says
 * that there is no folder either. Throws `SettingsShapeError`.
 */
export function addMirror(text: string | undefined, program: MirrorProgram, newFolder = false): string {
  if (text === undefined) return insert(open('{}\n'), program, newFolder ? 'folder' : 'file');
  const settings = open(text);
  const old = stopCommands(settings).find(({ command }) => OWN.test(command));
  if (old === undefined) return insert(settings, program, undefined);
  settings.set([...old.path, 'command'], stopCommand(program, madeOf(old.command)));
  return textOf(settings);
}

/** Settings without the mirror, as they were before install; `undefined` where the file is to be removed. */
export function removeMirror(text: string): string | undefined {
  const settings = open(text);
  const own = stopCommands(settings).find(({ command }) => OWN.test(command));
  if (own === undefined) return text;
  const made = madeOf(own.command);
  settings.remove(own.isAlone ? own.path.slice(0, -2) : own.path);
  if (!isWithin(made, 'Stop') || !isEmpty(partsOf(settings).stop)) return textOf(settings);
  settings.remove(STOP);
  if (!isWithin(made, 'hooks') || !isEmpty(partsOf(settings).hooks)) return textOf(settings);
  settings.remove(['hooks']);
  return isWithin(made, 'file') && isEmpty(settings.value) ? undefined : textOf(settings);
}

function insert(settings: JsonEditor, program: MirrorProgram, outermost: Made | undefined): string {
  const { hooks, stop } = partsOf(settings);
  const made = outermost ?? (hooks === undefined ? 'hooks' : stop === undefined ? 'Stop' : 'nothing');
  const group = { hooks: [{ type: 'command', command: stopCommand(program, made) }] };
  if (stop !== undefined) settings.set([...STOP, stop.length], group);
  else if (hooks !== undefined) settings.set(STOP, [group]);
  else settings.set(['hooks'], { Stop: [group] });
  return textOf(settings);
}

const STOP: JsonPath = ['hooks', 'Stop'];

/** Every command of the `Stop` hook, the path of its entry, and whether that is the only one of its group. */
function stopCommands(settings: JsonEditor): Array<{ path: JsonPath; isAlone: boolean; command: string }> {
  return (partsOf(settings).stop ?? []).flatMap((group, i) => {
    const hooks: unknown[] = isObject(group) && Array.isArray(group.hooks) ? group.hooks : [];
    return hooks.flatMap((hook, j) =>
      isObject(hook) && typeof hook.command === 'string'
        ? [{ path: [...STOP, i, 'hooks', j], isAlone: hooks.length === 1, command: hook.command }]
        : [],
    );
  });
}

function open(text: string): JsonEditor {
  const settings = openJson(Buffer.from(text, 'utf8'), { comments: true });
  if ('why' in settings) throw new SettingsShapeError(`it ${settings.why}`);
  partsOf(settings);
  return settings;
}

/** What the mirror's entry goes into, as far as it is there. Throws `SettingsShapeError`. */
function partsOf(settings: JsonEditor): { hooks: object | undefined; stop: readonly unknown[] | undefined } {
  const root = settings.value;
  if (!isObject(root)) throw new SettingsShapeError('it holds something else than an object');
  const { hooks } = root;
  if (hooks === undefined) return { hooks, stop: undefined };
  if (!isObject(hooks)) throw new SettingsShapeError('"hooks" in it is not an object');
  const stop = hooks.Stop;
  if (stop !== undefined && !Array.isArray(stop)) throw new SettingsShapeError('"hooks.Stop" in it is not an array');
  return { hooks, stop };
}

function isEmpty(container: unknown): boolean {
  return typeof container === 'object' && container !== null && Object.keys(container).length === 0;
}

function textOf(settings: JsonEditor): string {
  return settings.content.toString('utf8');
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
