import type { Hint } from '../shell/hint.ts';
import { shellWord } from '../shell/quote.ts';
import { isUnsafe } from './sanitize.ts';

/** A command as words, the program first: `['ckpt', 'verify', '--deep']`. */
export type CommandLine = readonly string[];

/**
 * A command as a user can paste it into a POSIX shell. Where `argv`, the words after `ckpt`, names a repository, the command is
 * for that one: `ckpt` gets the flag as it was given, `git` gets `-C`.
 */
export function printedCommand(words: CommandLine, argv: readonly string[] = []): string {
  const [program = '', ...rest] = words;
  const flag = repositoryFlag(argv);
  if (program === 'ckpt') return [program, ...rest, ...flag.words].map(pasted).join(' ');
  const first = program === 'git' && flag.dir !== undefined ? ['git', '-C', flag.dir] : [program];
  return [...first, ...rest].map(pasted).join(' ');
}

/** A hint as text, with its commands as they can be pasted; `argv` are the words after `ckpt`. */
export function printedHint(hint: Hint, argv: readonly string[]): string {
  const parts = typeof hint === 'string' ? [hint] : hint;
  return parts
    .map((part) => (typeof part === 'string' ? printedText(part, argv) : printedCommand(part, argv)))
    .join('');
}

/**
 * A text of this program for who sits at this shell: its commands, which it has in backquotes, as they can be pasted. They have no word that a
 * shell would take for more; where a name that may is part of one, that is a `Hint` with the command as a list of words.
 */
export function printedText(text: string, argv: readonly string[]): string {
  return text.replace(
    /`((?:ckpt|git) [^`]+)`/g,
    (_, command: string) => `\`${printedCommand(command.split(' '), argv)}\``,
  );
}

/** The flag by which the user named a repository, as it was given. */
function repositoryFlag(argv: readonly string[]): { words: readonly string[]; dir?: string } {
  const end = argv.indexOf('--');
  const at = argv.findIndex((word, i) => (end < 0 || i < end) && /^(?:-C|--repo(?:=|$))/.test(word));
  const word = argv[at];
  if (word === undefined) return { words: [] };
  const value = argv[at + 1] ?? '';
  if (word === '-C' || word === '--repo') return { words: [word, value], dir: value };
  return { words: [word], dir: word.replace(/^(?:-C|--repo=)/, '') };
}

/** A word as a POSIX shell takes it for what it is. */
function pasted(word: string): string {
  if (!isUnsafe(word)) return shellWord(word);
  // No terminal gets to see these characters: the shell makes them.
  const bytes = [...Buffer.from(word)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf %b '${bytes.join('')}')"`;
}
