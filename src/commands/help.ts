import { Config } from '@oclif/core/config';
import { Help } from '@oclif/core/help';
import { settings } from '@oclif/core/settings';
import { alignColumns } from '../ui/words.ts';
import { COMMANDS } from './table.ts';

/** Lists the commands that begin with one word (`hooks`), each with what it does. */
export async function showFamily(names: readonly string[]): Promise<void> {
  const rows: string[][] = [];
  for (const name of names) {
    const loaded = await COMMANDS[name]?.();
    rows.push([`  ckpt ${name}`, loaded?.default.summary ?? '']);
  }
  process.stdout.write(`${alignColumns(rows).join('\n')}\n\nckpt help ${names[0]} says more of one.\n`);
}

/** Lists commands of two words (`hooks install`) beside the others, rather than a topic that leads to another list. */
class OneListHelp extends Help {
  protected override get sortedTopics(): [] {
    return [];
  }
}

/**
 * Prints the help of a command, or of the program where `topic` is empty. This is the only place where oclif loads every
 * command.
 */
export async function showHelp(root: string, topic: string[]): Promise<void> {
  settings.enableAutoTranspile = false; // dist is built: oclif must not look for a TypeScript compiler
  const config = await Config.load({ root, userPlugins: false, devPlugins: false });
  const help = new OneListHelp(config, { ...config.pjson.oclif.helpOptions, all: true });
  await help.showHelp(topic.length === 0 ? [] : [topic.join(':')]);
}
