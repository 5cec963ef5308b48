import { Config } from '@oclif/core/config';
import { Help } from '@oclif/core/help';
import { settings } from '@oclif/core/settings';

/**
 * Prints the help of a command, or of the program where `topic` is empty. This is the only place where oclif loads every
 * command.
 */
export async function showHelp(root: string, topic: string[]): Promise<void> {
  settings.enableAutoTranspile = false; // dist is built: oclif must not look for a TypeScript compiler
  const config = await Config.load({ root, userPlugins: false, devPlugins: false });
  const help = new Help(config, config.pjson.oclif.helpOptions);
  await help.showHelp(topic.length === 0 ? [] : [topic.join(':')]);
}
