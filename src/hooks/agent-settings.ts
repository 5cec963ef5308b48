import { type JsonEditor, type JsonPath, openJson } from '../json/editor.ts';
import { isObject } from '../json/read.ts';
import type { AgentHook, SettingsForm } from './agent-table.ts';
import { callsMirror } from './shell-script.ts';
import { isWithin, type Made, ownCommand, type StopCommand } from './stop-command.ts';

/** What the mirror's place in an agent's file looks like. */
export type MirrorEntry = { readonly kind: 'absent' } | { readonly kind: 'by-hand' } | OwnEntry;

/** The command that install put in, and what it made around it. */
export interface OwnEntry extends StopCommand {
  readonly kind: 'own';
}

/** An agent's hook that a JSON document says. */
export type SettingsHook = AgentHook & { readonly form: SettingsForm };

/** The settings hold something else where the hook belongs. The message says what, in words that follow a colon. */
export class SettingsShapeError extends Error {
  override readonly name = 'SettingsShapeError';
}

/** Finds the mirror among the commands of the event. Throws `SettingsShapeError`. */
export function findMirror(hook: SettingsHook, text: string): MirrorEntry {
  const commands = commandsOf(hook, open(hook, text)).map(({ command }) => command);
  for (const command of commands) {
    const own = ownCommand(command);
    if (own !== undefined) return { kind: 'own', ...own };
  }
  return commands.some(callsMirror) ? { kind: 'by-hand' } : { kind: 'absent' };
}

/**
 * Settings with the mirror in them, every other byte as it was. `text` is `undefined` where there is no file; `newFolder` says
 * that there is no folder either. Throws `SettingsShapeError`.
 */
export function addMirror(
  hook: SettingsHook,
  text: string | undefined,
  commandFor: (made: Made) => string,
  newFolder = false,
): string {
  if (text === undefined) {
    const start = `${JSON.stringify(hook.start ?? {}, null, 2)}\n`;
    return insert(hook, open(hook, start), commandFor, newFolder ? 'folder' : 'file');
  }
  const settings = open(hook, text);
  const old = ownPlace(hook, settings);
  if (old === undefined) return insert(hook, settings, commandFor, undefined);
  settings.set([...old.path, hook.form.key], commandFor(old.made));
  return textOf(settings);
}

/** Settings without the mirror, as they were before install; `undefined` where the file is to be removed. */
export function removeMirror(hook: SettingsHook, text: string): string | undefined {
  const settings = open(hook, text);
  const own = ownPlace(hook, settings);
  if (own === undefined) return text;
  const { made } = own;
  settings.remove(own.isAlone ? own.path.slice(0, -2) : own.path);
  if (!isWithin(made, 'Stop') || !isEmpty(partsOf(hook, settings).commands)) return textOf(settings);
  settings.remove(['hooks', hook.form.event]);
  if (!isWithin(made, 'hooks') || !isEmpty(partsOf(hook, settings).hooks)) return textOf(settings);
  settings.remove(['hooks']);
  const isOurs = isWithin(made, 'file') && JSON.stringify(settings.value) === JSON.stringify(hook.start ?? {});
  return isOurs ? undefined : textOf(settings);
}

function insert(
  hook: SettingsHook,
  settings: JsonEditor,
  commandFor: (made: Made) => string,
  outermost: Made | undefined,
): string {
  const { event, isGrouped, key, besides } = hook.form;
  const { hooks, commands } = partsOf(hook, settings);
  const made = outermost ?? (hooks === undefined ? 'hooks' : commands === undefined ? 'Stop' : 'nothing');
  const own = { ...besides, [key]: commandFor(made) };
  const entry = isGrouped ? { hooks: [own] } : own;
  if (commands !== undefined) settings.set(['hooks', event, commands.length], entry);
  else if (hooks !== undefined) settings.set(['hooks', event], [entry]);
  else settings.set(['hooks'], { [event]: [entry] });
  return textOf(settings);
}

/** A command of the event, the path of its entry, and whether that is the only one of its group. */
interface Place {
  readonly path: JsonPath;
  readonly isAlone: boolean;
  readonly command: string;
}

function commandsOf(hook: SettingsHook, settings: JsonEditor): Place[] {
  const { event, isGrouped, key } = hook.form;
  const placesIn = (entries: readonly unknown[], path: JsonPath): Place[] =>
    entries.flatMap((entry, i) => {
      const command = isObject(entry) ? entry[key] : undefined;
      if (typeof command !== 'string') return [];
      return [{ path: [...path, i], isAlone: isGrouped && entries.length === 1, command }];
    });
  const entries = partsOf(hook, settings).commands ?? [];
  if (!isGrouped) return placesIn(entries, ['hooks', event]);
  return entries.flatMap((group, i) =>
    isObject(group) && Array.isArray(group.hooks) ? placesIn(group.hooks, ['hooks', event, i, 'hooks']) : [],
  );
}

function ownPlace(hook: SettingsHook, settings: JsonEditor): (Place & StopCommand) | undefined {
  for (const place of commandsOf(hook, settings)) {
    const own = ownCommand(place.command);
    if (own !== undefined) return { ...place, ...own };
  }
  return undefined;
}

function open(hook: SettingsHook, text: string): JsonEditor {
  const settings = openJson(Buffer.from(text, 'utf8'), { comments: true });
  if ('why' in settings) throw new SettingsShapeError(`it ${settings.why}`);
  partsOf(hook, settings);
  return settings;
}

/** What the mirror's entry goes into, as far as it is there. Throws `SettingsShapeError`. */
function partsOf(
  { form: { event } }: SettingsHook,
  settings: JsonEditor,
): { hooks: object | undefined; commands: readonly unknown[] | undefined } {
  const root = settings.value;
  if (!isObject(root)) throw new SettingsShapeError('it holds something else than an object');
  const { hooks } = root;
  if (hooks === undefined) return { hooks, commands: undefined };
  if (!isObject(hooks)) throw new SettingsShapeError('"hooks" in it is not an object');
  const commands = hooks[event];
  if (commands !== undefined && !Array.isArray(commands))
    throw new SettingsShapeError(`"hooks.${event}" in it is not an array`);
  return { hooks, commands };
}

function isEmpty(container: unknown): boolean {
  return typeof container === 'object' && container !== null && Object.keys(container).length === 0;
}

function textOf(settings: JsonEditor): string {
  return settings.content.toString('utf8');
}
