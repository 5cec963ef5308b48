import { Config } from '@oclif/core/config';
import type { BaseCommand } from './base.ts';
import { COMMANDS } from './table.ts';

/**
 * oclif's configuration without its search for plugins, hooks and themes, of which ckpt has none: that search reads
 * several files in each run.
 */
class PlainConfig extends Config {
  constructor(root: string, pjson: Record<string, unknown>) {
    super({ root });
    this.root = root;
    this.pjson = pjson as unknown as Config['pjson'];
    this.bin = 'ckpt';
    this.name = 'ckpt';
    this.version = String(pjson.version);
  }
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
  const command = new CommandClass(argv, new PlainConfig(root, pjson));
  command.onDoing = onDoing;
  command.words = name;
  command.commands = COMMANDS;
  await command.run();
}
