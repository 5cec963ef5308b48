import { stripVTControlCharacters } from 'node:util';
import { UsageError } from './errors.ts';
import { meant } from './nearest.ts';

/** What is used of the errors of oclif's parser. Where arguments are missing, `args` has them as they are declared, else as they were typed. */
interface ParseError extends Error {
  readonly flags?: readonly string[];
  readonly args?: ReadonlyArray<string | { readonly name: string; readonly description?: string }>;
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

/** The flags that every command has beside those that it declares. */
const ALWAYS = ['--help', '--version'];

/**
 * The message of oclif's parser in our words, with a hint: the flag that was meant, or `--help`. `undefined` for other errors:
 * the parser's are known by their shape, for its classes are not loaded for this.
 */
export function parserFailure(error: unknown): UsageError | undefined {
  if (!isParseError(error)) return undefined;
  const known = [...Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`), ...ALWAYS];
  const flags = (error.flags ?? []).map((flag) => meant(flag.split('=', 1)[0] ?? '', known).join(', or: '));
  const suggestion = flags.filter((flag) => flag !== '').join(' ');
  const hint = suggestion !== '' ? `Did you mean: ${suggestion}` : 'Add --help to see what the command takes.';
  return new UsageError(missingArgument(error) ?? inOurWords(error.message), hint);
}

function isParseError(error: unknown): error is ParseError {
  return error instanceof Error && ('parse' in error || 'oclif' in error);
}

function missingArgument({ args = [] }: ParseError): string | undefined {
  const [first] = args;
  if (first === undefined || typeof first === 'string') return undefined;
  return `it needs ${first.name.toUpperCase()}: ${first.description ?? ''}`;
}

/** One message of the parser, and what a person would say. */
const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^Nonexistent flag: (.*)$/s, 'there is no flag $1'],
  [/^Nonexistent flags: (.*)$/s, 'there are no flags $1'],
  [/^Unexpected argument: (.*)$/s, 'it does not take the argument $1'],
  [/^Unexpected arguments: (.*)$/s, 'it does not take the arguments $1'],
  [/^Flag (--\S+) expects a value$/, '$1 needs a value'],
  [/^Flag (--\S+) expects one of these values: (.*)$/, '$1 needs one of $2'],
  [/^Flag (--\S+) can only be specified once$/, '$1 is there more than once'],
  [/^Expected (--[^=]+)=(.*) to be one of: (.*)$/s, '$1 is one of $3, and not $2'],
  [/^Expected (.*) to be one of: (.*)$/s, 'the argument is one of $2, and not $1'],
  [/^Parsing (--\S+)\s+Expected an integer but received: (.*)$/s, '$1 is a whole number, and not $2'],
  [
    /^Parsing (--\S+)\s+Expected an integer greater than or equal to (\d+) but received: (.*)$/s,
    '$1 is at least $2, and not $3',
  ],
  [/^Parsing (--\S+)\s+/, '$1: '],
  [/^(--[^\s=]+)(?:=.*)? cannot also be provided when using (--\S+)$/s, '$1 and $2 do not go together'],
  [/^Exactly one of the following must be provided: (.*)$/, 'it needs one of $1'],
  [/^All of the following must be provided when using (--[^,\s]+): (.*)$/s, '$1 needs $2'],
];

function inOurWords(message: string): string {
  const text = stripVTControlCharacters(message).replace(/\nSee more help with --help$/, '');
  const reasons = /^The following errors? occurred:\n(.*)$/s.exec(text)?.[1];
  if (reasons === undefined) return sentence(text);
  return [...new Set(reasons.split('\n').map((reason) => sentence(reason.trim())))].join('; ');
}

function sentence(text: string): string {
  const known = WORDS.find(([pattern]) => pattern.test(text));
  return known === undefined ? text : text.replace(known[0], known[1]);
}
