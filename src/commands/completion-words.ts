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
    flags: Object.entries({ ...flags, ...baseFlags }).map(([flag, value]) => flagWords(flag, value)),
    ...(arg === undefined ? {} : { argument: argumentOf(arg[0], arg[1].options) }),
  };
}

function flagWords(name: string, flag: Command.Flag.Any): FlagWords {
  const names = [`--${name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`])];
  const summary = flag.summary ?? flag.description ?? '';
  return { names, summary, ...(flag.type === 'boolean' ? {} : { value: valueWords(flag) }) };
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
