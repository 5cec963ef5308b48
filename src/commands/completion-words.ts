import type { Command } from '@oclif/core/command';
import type { CommandWords, FlagWords, Value } from '../ui/completion/command-words.ts';
import { FINDING_CODES } from '../verify/finding.ts';

/** Every command as shells have to know it. Loads them all. */
export async function completionWords(
  commands: Readonly<Record<string, () => Promise<{ readonly default: Command.Class }>>>,
): Promise<readonly CommandWords[]> {
  const loaded = Object.entries(commands).map(async ([name, load]) => commandWords(name, (await load()).default));
  return Promise.all(loaded);
}

function commandWords(name: string, { summary = '', flags, baseFlags, args }: Command.Class): CommandWords {
  const [arg] = Object.entries(args ?? {});
  return {
    name,
    summary,
    flags: [...Object.entries({ ...flags, ...baseFlags }).flatMap(([flag, value]) => flagWords(flag, value)), HELP],
    ...(arg === undefined ? {} : { argument: argumentOf(arg[0], arg[1].options) }),
  };
}

const HELP: FlagWords = { names: ['--help', '-h'], summary: 'Explain the command.' };

/** A flag, and its opposite where it has one. */
function flagWords(name: string, flag: Command.Flag.Any): FlagWords[] {
  const names = [`--${name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])];
  const summary = flag.summary ?? flag.description ?? '';
  if (flag.type !== 'boolean') return [{ names, summary, value: valueWords(flag) }];
  const opposite = { names: [`--no-${name}`], summary: `The opposite of --${name}.` };
  return [{ names, summary }, ...(flag.allowNo ? [opposite] : [])];
}

/** What the value of a flag is, by the word that help has for it. */
function valueWords({
  options,
  helpValue,
}: {
  readonly options?: readonly string[];
  readonly helpValue?: unknown;
}): Value {
  if (options !== undefined) return options;
  if (helpValue === 'DIR') return 'folder';
  if (typeof helpValue === 'string' && helpValue.startsWith('CODE')) return FINDING_CODES;
  return helpValue === 'FILE' ? 'file' : 'any';
}

function argumentOf(name: string, options: readonly string[] | undefined): Value {
  if (options !== undefined) return options;
  if (name === 'dir') return 'folder';
  return name === 'checkpoint-id' ? 'checkpoint' : 'any';
}
