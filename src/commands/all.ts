import type { Command } from '@oclif/core/command';
import { COMMANDS } from './table.ts';

/** Every command class by its oclif id (`hooks:install`), for help and for tools that read oclif's table. */
const entries = Object.entries(COMMANDS).map(async ([name, load]): Promise<[string, Command.Class]> => {
  return [name.replaceAll(' ', ':'), (await load()).default];
});

const classes: Record<string, Command.Class> = Object.fromEntries(await Promise.all(entries));

export default classes;
