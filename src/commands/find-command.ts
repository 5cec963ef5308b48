import { UnknownCommandError } from './errors.ts';
import { meant } from './nearest.ts';
import { COMMANDS } from './table.ts';

/** A command of the table, by its words (`hooks install`), and the arguments that are for it. */
export interface FoundCommand {
  readonly name: string;
  readonly rest: string[];
}

/** The flags of every command whose value may be a word of its own, so that it is not taken for the command. */
const VALUE_FLAGS = ['-C', '--repo', '--engine'];

/** What other programs call what a command here does. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['find', 'list --grep'],
  ['grep', 'list --grep'],
  ['search', 'list --grep'],
  ['log', 'list'],
  ['ls', 'list'],
  ['cat', 'show'],
  ['view', 'show'],
  ['open', 'browse'],
  ['blame', 'show --at'],
  ['pull', 'fetch'],
  ['check', 'verify'],
  ['fsck', 'verify'],
  ['gc', 'prune'],
  ['fix', 'repair'],
  ['convert', 'migrate'],
]);

/**
 * The command that the arguments name, the longest name first; flags of all commands may stand before it (`ckpt -C DIR list`).
 * `ckpt status` where no word is named at all; `undefined` for a word that is not a command.
 */
export function findCommand(argv: readonly string[]): FoundCommand | undefined {
  const at = firstWord(argv);
  if (at === argv.length) return { name: 'status', rest: [...argv] };
  const flags = argv.slice(0, at);
  for (let end = Math.min(argv.length, at + 2); end > at; end--) {
    const name = argv.slice(at, end).join(' ');
    if (Object.hasOwn(COMMANDS, name)) return { name, rest: [...flags, ...argv.slice(end)] };
  }
  return undefined;
}

/** What to throw where `findCommand` found none: it suggests what may have been meant. */
export function unknownCommand(argv: readonly string[]): UnknownCommandError {
  const names = Object.keys(COMMANDS);
  const [word = '', second] = wordsOf(argv);
  const family = names.filter((name) => name.startsWith(`${word} `));
  if (family.length === 0) return new UnknownCommandError(word, suggestion(word, names));
  if (second === undefined) return new UnknownCommandError(word, family.join(', or: ckpt '));
  return new UnknownCommandError(`${word} ${second}`, suggestion(`${word} ${second}`, family));
}

function suggestion(word: string, names: readonly string[]): string | undefined {
  return OTHER_NAMES.get(word) ?? (meant(word, names).join(', or: ckpt ') || undefined);
}

/** The word that several commands begin with (`hooks`), where the arguments name no more than that; else `undefined`. */
export function familyOf(argv: readonly string[]): string | undefined {
  const [first, ...rest] = wordsOf(argv);
  const words = first === 'help' ? rest : [first ?? '', ...rest];
  const [word = ''] = words;
  return words.length === 1 && Object.keys(COMMANDS).some((name) => name.startsWith(`${word} `)) ? word : undefined;
}

/** The names of the commands of a family. */
export function membersOf(family: string): string[] {
  return Object.keys(COMMANDS).filter((name) => name.startsWith(`${family} `));
}

/** Whether help is asked for: by its word, or by a flag. */
export function asksForHelp(argv: readonly string[]): boolean {
  return argv[0] === 'help' || beforeDoubleDash(argv).some((arg) => arg === '--help' || arg === '-h');
}

/** The words of the command that help is asked for; none for the list of commands. Throws for a word that is not a command. */
export function helpTopic(argv: readonly string[]): string[] {
  const words = wordsOf(argv);
  if (words[0] === 'help') words.shift();
  if (words.length === 0) return [];
  const found = findCommand(words);
  if (found === undefined) throw unknownCommand(words);
  return found.name.split(' ');
}

/** The arguments that may be flags. */
export function beforeDoubleDash(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** Where the first argument is that is neither a flag nor the value of one; the length where there is none. */
function firstWord(argv: readonly string[]): number {
  const at = argv.findIndex(isWord);
  return at < 0 ? argv.length : at;
}

/** The arguments that are neither flags nor values of flags that every command has. */
function wordsOf(argv: readonly string[]): string[] {
  return argv.filter(isWord);
}

function isWord(arg: string, index: number, argv: readonly string[]): boolean {
  return !arg.startsWith('-') && !VALUE_FLAGS.includes(argv[index - 1] ?? '');
}
