import type { Command } from '@oclif/core/command';
import type { Config } from '@oclif/core/config';
import { CommandHelp } from '@oclif/core/help';
import { documentsPlace, programFacts } from '../shell/program-files.ts';
import { type CommandSummary, familyText, helpText } from '../ui/help-text.ts';
import { palette } from '../ui/palette.ts';
import { colorLevel, terminalSize } from '../ui/terminal.ts';
import { writePaged } from './pager.ts';
import { COMMANDS, GROUPS } from './table.ts';

/** Lists the commands that begin with one word (`hooks`), each with what it does. */
export async function showFamily(names: readonly string[]): Promise<void> {
  process.stdout.write(familyText(await summaries(names), terminalSize(process.stdout).columns));
}

/** Lists all commands in their groups. Loads them all. */
export async function showProgram(): Promise<void> {
  const loaded = Object.entries(GROUPS).map(async ([title, table]) => ({
    title,
    commands: await summaries(Object.keys(table)),
  }));
  const { version, description } = programFacts();
  const help = { version, description, groups: await Promise.all(loaded), documents: documentsPlace() };
  const { stdout, env } = process;
  await writePaged(helpText(help, terminalSize(stdout).columns, palette(colorLevel(stdout, env) > 0)));
}

/** With fewer columns than these, the help of a command is wider than the terminal: oclif puts flags and their words side by side. */
const LEAST_COLUMNS = 40;

/** Prints the help of a command, by its name. */
export async function showCommand(name: string): Promise<void> {
  const loaded = await COMMANDS[name]?.();
  if (loaded === undefined) throw new RangeError(`no command ${name}`);
  const { summary, description, examples, usage, args, baseFlags, flags, strict } = loaded.default;
  const named = <T extends object>(members: Record<string, T>) =>
    Object.fromEntries(Object.entries(members).map(([key, member]) => [key, { ...member, name: key }]));
  const command = {
    id: name,
    summary,
    description,
    examples,
    usage,
    strict,
    args: named(args),
    flags: named(
      Object.fromEntries(Object.entries({ ...baseFlags, ...flags }).map(([key, flag]) => [key, withPartners(flag)])),
    ),
  };
  const { platform } = process;
  const config: Partial<Config> = { bin: 'ckpt', platform: platform as Config['platform'], shell: '' };
  const help = new OneParagraphHelp(command as unknown as Command.Loadable, config as Config, {
    all: true,
    docopts: false,
    maxWidth: Math.max(LEAST_COLUMNS, terminalSize(process.stdout).columns),
  });
  await writePaged(`${summary}\n\n${help.generate()}\n\n`);
}

async function summaries(names: readonly string[]): Promise<CommandSummary[]> {
  const loaded = names.map(async (name) => ({ name, summary: (await COMMANDS[name]?.())?.default.summary ?? '' }));
  return Promise.all(loaded);
}

/** What a flag needs or excludes, after what it does. */
function withPartners(flag: Command.Flag.Any): Command.Flag.Any {
  const names = (flags: readonly (string | { name: string })[]) =>
    flags.map((each) => `--${typeof each === 'string' ? each : each.name}`).join(', ');
  const more = [
    flag.dependsOn?.length ? ` Only with ${names(flag.dependsOn)}.` : '',
    flag.exclusive?.length ? ` Not with ${names(flag.exclusive)}.` : '',
  ];
  return { ...flag, summary: `${flag.summary ?? flag.description ?? ''}${more.join('')}` };
}

/**
 * The description without the summary, which stands above already; a paragraph's lines become one, to be wrapped once. The usage has arguments
 * alone: of flags that exclude some others, oclif's own says that all of them exclude each other.
 */
class OneParagraphHelp extends CommandHelp {
  protected override defaultUsage(): string {
    return `${super.defaultUsage()} [FLAGS]`;
  }

  protected override description(): string | undefined {
    const { description } = this.command as Command.Loadable;
    if (description === undefined) return undefined;
    return this.wrap(description.replace(/(\S) *\n(?=\S)/g, '$1 '));
  }
}
