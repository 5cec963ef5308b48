import type { Config } from '@oclif/core/config';
import type { BaseCommand } from './base.ts';
import { COMMANDS } from './table.ts';

/**
 * What commands use of oclif's configuration. The whole one searches for plugins, hooks and themes, of which ckpt has none:
 * that reads several files in each run, and what it takes is half of oclif.
 */
function plainConfig(root: string, pjson: Record<string, unknown>): Config {
  const config: Partial<Config> = { root, bin: 'ckpt', name: 'ckpt', version: String(pjson.version) };
  return config as Config;
}

/**
 * Loads one command and runs it. `onDoing` is told what the command is about to do, and in which repository as soon as
 * one is open, for the message of a failure. Throws what the command throws.
 */
export async function runCommand(
  name: string,
  argv: string[],
  { root, pjson }: { root: string; pjson: Record<string, unknown> },
  onDoing: (text: string, repository?: string) => void,
): Promise<void> {
  const load = COMMANDS[name];
  if (load === undefined) throw new RangeError(`no command ${name}`);
  const CommandClass = (await load()).default as unknown as new (argv: string[], config: Config) => BaseCommand;
  const command = new CommandClass(argv, plainConfig(root, pjson));
  command.onDoing = onDoing;
  command.words = name;
  command.commands = COMMANDS;
  await command.run();
}
