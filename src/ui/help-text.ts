import { type Palette, palette } from './palette.ts';
import { wrap } from './wrap.ts';

/** A command in a list: its words (`hooks install`), and what it does. */
export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
}

/** What the help of the whole program says. */
export interface ProgramHelp {
  readonly version: string;
  readonly description: string;
  readonly groups: ReadonlyArray<{ readonly title: string; readonly commands: readonly CommandSummary[] }>;
  /** Where the documents begin: a path, or an address. */
  readonly documents: string;
}

/** The help of the program: what it is, its commands in groups, where to read on. Ends with a line feed. */
export function helpText(help: ProgramHelp, width: number, paints: Palette = palette(false)): string {
  const names = help.groups.flatMap(({ commands }) => commands.map(({ name }) => name));
  const indent = Math.max(...names.map((name) => name.length)) + 4;
  const groups = help.groups.flatMap(({ title, commands }) => [
    '',
    ...wrap(title, width).map(paints.bold),
    ...commands.flatMap((command) => commandLines(command, indent, width)),
  ]);
  const lines = [
    ...wrap(`ckpt ${help.version}. ${help.description}`, width),
    '',
    'ckpt COMMAND [ARGUMENTS] [FLAGS]',
    ...groups,
    '',
    ...wrap('ckpt COMMAND --help explains one, with examples. ckpt alone is ckpt status.', width),
    `Documents: ${help.documents}`, // whole, to be clicked or copied
  ];
  return `${lines.join('\n')}\n`;
}

/** The commands that begin with one word (`hooks`), each with what it does. Ends with a line feed. */
export function familyText(commands: readonly CommandSummary[], width: number): string {
  const named = commands.map(({ name, summary }) => ({ name: `ckpt ${name}`, summary }));
  const indent = Math.max(...named.map(({ name }) => name.length)) + 4;
  const lines = named.flatMap((command) => commandLines(command, indent, width));
  return `${[...lines, '', `${named[0]?.name ?? 'ckpt'} --help says more of one.`].join('\n')}\n`;
}

/** The fewest columns for a summary beside its command: with fewer it stands below. */
const LEAST_BESIDE = 24;

function commandLines({ name, summary }: CommandSummary, indent: number, width: number): string[] {
  if (width - indent < LEAST_BESIDE) return [`  ${name}`, ...wrap(summary, width - 4).map((line) => `    ${line}`)];
  const [first = '', ...rest] = wrap(summary, width - indent);
  return [`  ${name}`.padEnd(indent) + first, ...rest.map((line) => ' '.repeat(indent) + line)];
}
