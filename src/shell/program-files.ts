import { existsSync, readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** What is used of `package.json`. */
export interface ProgramFacts {
  readonly version: string;
  readonly description: string;
  readonly homepage: string;
}

/** The first file of a thread: where it lies, or its text. Both are what `new Worker(file, { eval })` takes. */
export interface ThreadFile {
  readonly file: URL | string;
  readonly eval: boolean;
}

/**
 * The program's own files. They lie around the chunk that this is in, or inside of the one executable file (`scripts/single-file.js`), whose
 * parts have their names in the package.
 */
const isOneFile = isSea();

/** Throws where the package is not whole. */
export function programFacts(): ProgramFacts {
  const name = 'package.json';
  const text = isOneFile ? getAsset(name, 'utf8') : readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  return JSON.parse(text);
}

/** Where the documents begin: a path, or an address where they are not installed. */
export function documentsPlace(): string {
  return isOneFile ? programFacts().homepage : fileURLToPath(new URL('../../docs/README.md', import.meta.url));
}

/** The file that a thread of this name begins with; `undefined` where the program runs from its sources, which have none. */
export function threadFile(name: 'live-worker' | 'deep-worker'): ThreadFile | undefined {
  if (isOneFile) return { file: getAsset(`${name}.js`, 'utf8'), eval: true };
  const file = new URL(`../${name}.js`, import.meta.url);
  return existsSync(file) ? { file, eval: false } : undefined;
}

/** The words that start this program once more, before its arguments. */
export function programWords(): [program: string, ...words: string[]] {
  const { execPath, execArgv, argv } = process;
  return isOneFile ? [execPath, ...execArgv] : [execPath, ...execArgv, argv[1] ?? 'ckpt'];
}

/** The file that other programs call to run this one. */
export function programPath(): string {
  return isOneFile ? process.execPath : (process.argv[1] ?? 'ckpt');
}
