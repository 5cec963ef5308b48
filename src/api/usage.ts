import { CkptError } from '../checkpoint/errors.ts';
import { ENGINE_CHOICES, type OpenOptions } from '../git/open.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';

/** What may stand where TypeScript allows a few words, and JavaScript anything. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  from: LAYOUT_WORDS,
  to: LAYOUT_WORDS,
  layout: LAYOUT_WORDS,
  layouts: LAYOUT_WORDS,
  fullCurrentMode: ['accumulate', 'replace'],
};

/** An error of whoever calls a function of this package. */
export function wrongUsage(message: string): CkptError {
  return new CkptError('WRONG_USAGE', message, { exitCode: 2 });
}

/** Throws where options are none, or name something that there is not. */
export function assertOptions(options: object): void {
  if (typeof options !== 'object' || options === null) throw wrongUsage('the options are not an object');
  for (const [name, words] of Object.entries(WORDS)) {
    const value: unknown = Reflect.get(options, name);
    for (const one of name === 'layouts' && Array.isArray(value) ? value : [value]) assertWord(name, one, words);
  }
}

/** Throws where the options of `openRepository` name no folder, or an engine that there is not. */
export function assertEngine(options: OpenOptions): void {
  if (typeof options?.dir !== 'string') throw wrongUsage('openRepository takes an object with dir, a folder');
  assertWord('engine', options.engine, ENGINE_CHOICES);
}

/** Throws where a value is none of these words; it may be absent. */
export function assertWord(name: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || words.some((word) => word === value)) return;
  throw wrongUsage(`${name} is ${JSON.stringify(value) ?? typeof value}, and has to be one of ${words.join(', ')}`);
}
