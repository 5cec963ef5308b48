import { join } from 'node:path';
import type { Command } from '@oclif/core/command';
import { Config } from '@oclif/core/config';
import { CommandHelp, Help } from '@oclif/core/help';
import { settings } from '@oclif/core/settings';
import { type CommandSummary, familyText, helpText } from '../ui/help-text.ts';
import { palette } from '../ui/palette.ts';
import { colorLevel, terminalSize } from '../ui/terminal.ts';
import { writePaged } from './pager.ts';
import { COMMANDS, GROUPS } from './table.ts';

/** What `package.json` says of the program, as far as help shows it. */
interface Program {
  readonly version: string;
  readonly description: string;
}

/** Lists the commands that begin with one word (`hooks`), each with what it does. */
export async function showFamily(names: readonly string[]): Promise<void> {
  process.stdout.write(familyText(await summaries(names), terminalSize(process.stdout).columns));
}

/** Lists all commands in their groups. Loads them all. */
export async function showProgram(root: string, { version, description }: Program): Promise<void> {
  const loaded = Object.entries(GROUPS).map(async ([title, table]) => ({
    title,
    commands: await summaries(Object.keys(table)),
  }));
  const help = { version, description, groups: await Promise.all(loaded), documents: join(root, 'docs', 'README.md') };
  const { stdout, env } = process;
  await writePaged(helpText(help, terminalSize(stdout).columns, palette(colorLevel(stdout, env) > 0)));
}

/** Prints the help of a command, by its words. Here alone oclif loads its own configuration, and every command. */
export async function showCommand(root: string, words: readonly string[]): Promise<void> {
  settings.enableAutoTranspile = false; // dist is built: oclif must not look for a TypeScript compiler
  const config = await Config.load({ root, userPlugins: false, devPlugins: false });
  const help = new PagedHelp(config, { ...config.pjson.oclif.helpOptions, all: true });
  await help.showHelp([words.join(':')]);
  await writePaged(help.text);
}

async function summaries(names: readonly string[]): Promise<CommandSummary[]> {
  const loaded = names.map(async (name) => ({ name, summary: (await COMMANDS[name]?.())?.default.summary ?? '' }));
  return Promise.all(loaded);
}

/** Oclif's help of a command, gathered to be shown through a pager. */
class PagedHelp extends Help {
  text = '';

  protected override CommandHelpClass = OneParagraphHelp;

  protected override log(...lines: string[]): void {
    this.text += `${lines.join('\n')}\n`;
  }
}

/** The description without the summary, which stands above already; a paragraph's lines become one, to be wrapped once. */
class OneParagraphHelp extends CommandHelp {
  protected override description(): string | undefined {
    const { description } = this.command as Command.Loadable;
    if (description === undefined) return undefined;
    return this.wrap(description.replace(/(\S) *\n(?=\S)/g, '$1 '));
  }
}
