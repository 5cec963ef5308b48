// `npm run docs:commands`: writes a page for each command to docs/commands, and their index, from what the command classes
// declare to oclif. A test compares the pages with what this gives.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from '@oclif/core/command';
import { GROUPS } from '../src/commands/table.ts';

/** Where the pages lie. */
export const COMMAND_PAGES = resolve(import.meta.dirname, '../docs/commands');

/** What a command's class does not say: where its subject is explained, and what its exit code 1 means. */
interface Beside {
  /** A page of docs, or a part of one, and its words in a link. */
  readonly about: readonly [file: string, words: string];
  /** Where it is more than "the work failed". */
  readonly failure?: string;
}

const FAILED = 'the work failed';
const FLEET: Beside = {
  about: ['fleet.md', 'Many repositories'],
  failure: 'the work failed, in a repository or as a whole',
};
const HOOKS: Beside = { about: ['hooks.md', 'Hooks that keep V2 in step'] };
const BESIDE: Readonly<Record<string, Beside>> = {
  browse: { about: ['terminal.md#ckpt-browse', 'The screen, and its keys'] },
  completion: { about: ['terminal.md#completion', 'Completion'] },
  diff: {
    about: ['verify.md#one-checkpoint-line-by-line-ckpt-diff', 'How the layouts are compared'],
    failure: 'the layouts differ for this checkpoint, or the work failed',
  },
  'dual-write': { about: ['dual-write.md', 'Writing to both layouts'] },
  export: { about: ['inspect.md#ckpt-export', 'Pages to read and share'] },
  fetch: { about: ['remotes.md', 'More than one clone'] },
  'fleet merge': FLEET,
  'fleet migrate': FLEET,
  'fleet plan': { about: FLEET.about },
  'fleet push': FLEET,
  'fleet status': FLEET,
  'fleet verify': FLEET,
  'hooks install': { ...HOOKS, failure: 'something is left to do by hand, or the work failed' },
  'hooks status': HOOKS,
  'hooks uninstall': HOOKS,
  list: { about: ['inspect.md#ckpt-list', 'Looking at checkpoints'] },
  migrate: { about: ['migrate.md', 'What it does with the V2 that is there'] },
  prune: {
    about: ['prune.md', 'Deleting old transcripts, and bringing them back'],
    failure: 'an archive stayed, since it has the only copy of a transcript; or the work failed',
  },
  push: { about: ['remotes.md', 'More than one clone'] },
  repair: {
    about: ['verify.md#mending-it-ckpt-repair', 'What repair mends, and how'],
    failure: 'an error is left, or the work failed',
  },
  restore: { about: ['inspect.md#what-was-lost', 'Looking at checkpoints'] },
  rotate: { about: ['generations.md', 'Generations'] },
  sample: { about: ['tour.md', 'A tour from V1 to V2'] },
  show: { about: ['inspect.md#ckpt-show', 'Looking at checkpoints'] },
  status: { about: ['inspect.md#ckpt-status', 'Looking at checkpoints'] },
  verify: {
    about: ['verify.md', 'What verify compares, and how to read what it finds'],
    failure: 'a finding fails, or the work failed',
  },
};

/** Every page by the name of its file, the index (`README.md`) included. */
export async function commandPages(): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const index: string[] = [];
  for (const [group, commands] of Object.entries(GROUPS)) {
    index.push('', `## ${group}`, '');
    for (const [name, load] of Object.entries(commands)) {
      const command = (await load()).default;
      const file = `${name.replaceAll(' ', '-')}.md`;
      pages.set(file, pageOf(name, command));
      index.push(`- [ckpt ${name}](${file}): ${lowerFirst(prose(command.summary ?? ''))}`);
    }
  }
  const intro =
    'One page a command, with its arguments, flags, examples and exit codes. [docs](../README.md) has all other pages.';
  pages.set('README.md', `${MARK}# Commands\n\n${intro}\n${index.join('\n')}\n`);
  return pages;
}

const MARK = '<!-- Written by `npm run docs:commands` from the command itself. -->\n\n';

function pageOf(name: string, command: Command.Class): string {
  const { args = {}, flags = {}, baseFlags = {} } = command;
  const words = Object.entries(args).map(([arg, declared]) => argumentWord(arg, declared));
  const groups = flagGroups({ ...flags, ...baseFlags });
  const parts = [
    `# ckpt ${name}`,
    prose(command.summary ?? ''),
    fenced([['ckpt', name, ...words, '[FLAGS]'].join(' ')], 'text'),
    paragraphs(command.description ?? ''),
    ...section(
      'Arguments',
      Object.entries(args).map(([arg, one]) => {
        const values = one.options === undefined ? '' : ` (\`${one.options.join('|')}\`)`;
        return `- \`${argumentWord(arg, one)}\`${values}: ${prose(one.description ?? '')}`;
      }),
    ),
    ...section('Examples', [exampleBlock(command)]),
    ...[...groups].flatMap(([title, lines]) => section(title, lines)),
    ...section('Exit codes', exitCodes(name)),
    ...seeAlso(name),
  ];
  return `${MARK}${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function argumentWord(name: string, { required, multiple }: { required?: boolean; multiple?: boolean }): string {
  const word = `${name.toUpperCase()}${multiple ? '...' : ''}`;
  return required ? word : `[${word}]`;
}

/** The lines of each group of flags under its title: the command's own first, those that all commands share last. */
function flagGroups(flags: Readonly<Record<string, Command.Flag.Any>>): Map<string, string[]> {
  const groups = new Map<string, string[]>([['Flags', []]]);
  const shared: string[] = [];
  for (const [name, flag] of Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (flag.hidden) continue;
    if (flag.helpGroup === 'GLOBAL') {
      shared.push(flagLine(name, flag));
      continue;
    }
    const title = flag.helpGroup === undefined ? 'Flags' : `${upperFirst(flag.helpGroup.toLowerCase())} flags`;
    groups.set(title, [...(groups.get(title) ?? []), flagLine(name, flag)]);
  }
  return groups.set('Shared flags', shared);
}

function flagLine(name: string, flag: Command.Flag.Any): string {
  const long = flag.type === 'boolean' && flag.allowNo ? `--[no-]${name}` : `--${name}`;
  const value = flag.type === 'option' ? ` ${flag.options?.join('|') ?? flag.helpValue ?? 'VALUE'}` : '';
  const short = flag.char === undefined ? '' : `\`-${flag.char}\`, `;
  const more = [
    flag.type === 'option' && isPlain(flag.default) ? `Default: \`${flag.default}\`.` : '',
    flag.env === undefined ? '' : `Also \`${flag.env}\` in the environment.`,
    flag.dependsOn?.length ? `Only with ${names(flag.dependsOn)}.` : '',
    flag.exclusive?.length ? `Not with ${names(flag.exclusive)}.` : '',
  ];
  const text = [prose(flag.summary ?? flag.description ?? ''), ...more].filter((part) => part !== '').join(' ');
  return `- ${short}\`${long}${value}\`: ${text}`;
}

function names(flags: readonly (string | { name: string })[]): string {
  return flags.map((flag) => `\`--${typeof flag === 'string' ? flag : flag.name}\``).join(', ');
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && value !== 0);
}

/** All examples as one block of commands, each below its description. */
function exampleBlock({ examples = [] }: Command.Class): string {
  if (examples.length === 0) return '';
  const lines = examples.flatMap((example) => {
    const { description, command } = typeof example === 'string' ? { description: '', command: example } : example;
    const text = command.replaceAll('<%= config.bin %>', 'ckpt').replace(/^\$ /, '');
    return [...(description ? [`# ${description}`] : []), text];
  });
  return fenced(lines, 'sh');
}

function exitCodes(name: string): string[] {
  return [
    '- 0: done, and all is well',
    `- 1: ${BESIDE[name]?.failure ?? FAILED}`,
    '- 2: wrong usage',
    '- 3: not possible here',
    '- 130, 143: stopped by Ctrl-C or SIGTERM',
    '',
    '[Errors and exit codes](../errors.md) names each error.',
  ];
}

function seeAlso(name: string): string[] {
  const about = BESIDE[name]?.about;
  return about === undefined ? [] : [`More: [${about[1]}](../${about[0]}).`];
}

/** A part of a page with its heading, or nothing where it would be empty. */
function section(title: string, lines: readonly string[]): string[] {
  const text = lines.join('\n');
  return text === '' ? [] : [`## ${title}`, text];
}

function fenced(lines: readonly string[], language: string): string {
  return `\`\`\`${language}\n${lines.join('\n')}\n\`\`\``;
}

/** Text of a command's class as Markdown that shows the same: one line, no tags, no emphasis. */
function prose(text: string): string {
  return text
    .replaceAll('<%= config.bin %>', 'ckpt')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[<*]/g, '\\$&');
}

function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map(prose)
    .join('\n\n');
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

if (process.argv[1] === import.meta.filename) {
  const pages = await commandPages();
  mkdirSync(COMMAND_PAGES, { recursive: true });
  for (const file of readdirSync(COMMAND_PAGES)) if (!pages.has(file)) rmSync(resolve(COMMAND_PAGES, file));
  for (const [file, text] of pages) writeFileSync(resolve(COMMAND_PAGES, file), text);
}
