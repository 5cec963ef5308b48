import type { Config } from '@oclif/core/config';
import type { BaseCommand } from './base.ts';
import type { RunContext } from './run-context.ts';
import { COMMANDS } from './table.ts';

/** Loads one command and runs it with these arguments; it fills in `context`. Throws what the command throws. */
export async function runCommand(name: string, argv: string[], context: RunContext): Promise<void> {
  const load = COMMANDS[name];
  if (load === undefined) throw new RangeError(`no command ${name}`);
  const CommandClass = (await load()).default as unknown as new (argv: string[], config: Config) => BaseCommand;
  const command = new CommandClass(argv, plainConfig(context.version));
  command.context = context;
  command.commands = COMMANDS;
  await command.run();
}

/**
 * What commands use of oclif's configuration. The whole one searches for plugins, hooks and themes, of which ckpt has none:
 * that reads several files in each run, and what it takes is half of oclif.
 */
function plainConfig(version: string): Config {
  const config: Partial<Config> = { bin: 'ckpt', name: 'ckpt', version };
  return config as Config;
}
