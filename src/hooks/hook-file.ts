import { constants } from 'node:fs';
import { access, lstat, open, realpath, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { makeFolders } from '../git/make-folders.ts';
import { readSmallFile } from '../git/read-small-file.ts';
import { replaceFile } from '../git/replace-file.ts';
import { HookFileError } from './errors.ts';

/** A file as it was found. */
export interface HookFile {
  /** Where it really lies: a link's target. What is written goes there, so that a link stays one. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
  /** Whether git would run it: its mode lets it, and the program of its first line is there. Git for Windows does not ask. */
  readonly executable: boolean;
  /** The program of its first line (`#!`), where there is none. */
  readonly missingProgram: string | null;
}

/** Reads a file; `undefined` where there is none. Throws `HookFileError`, also for a link that leads nowhere. */
export async function readHookFile(path: string): Promise<HookFile | undefined> {
  try {
    if ((await lstat(path).catch(onlyAbsent)) === undefined) return undefined;
    const real = await realpath(path);
    const { mode } = await stat(real);
    const content = await readSmallFile(real);
    const missingProgram = await programMissing(content);
    const executable = missingProgram === null && (await isExecutable(real));
    return { path: real, content, mode: mode & 0o7777, executable, missingProgram };
  } catch (error) {
    throw new HookFileError(path, 'read', error);
  }
}

/**
 * Writes a file in one step: whoever reads it meanwhile, git or an agent, sees the old one or the new one. Makes the folders
 * that are missing, and returns the topmost of them.
 */
export async function writeHookFile(path: string, content: Buffer, mode: number): Promise<string | undefined> {
  try {
    const made = await makeFolders(dirname(path));
    await replaceFile(path, async (fresh) => {
      const file = await open(fresh, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.chmod(mode); // after the umask had its say
        await file.sync();
      } finally {
        await file.close();
      }
    });
    return made;
  } catch (error) {
    throw new HookFileError(path, 'written', error);
  }
}

/** Removes a file. Throws `HookFileError`. */
export async function removeHookFile(path: string): Promise<void> {
  try {
    await rm(path);
  } catch (error) {
    throw new HookFileError(path, 'removed', error);
  }
}

/** A file's bytes as text of one character a byte: hooks are edited as bytes, whatever their encoding is. */
export function byteText(content: Buffer): string {
  return content.toString('latin1');
}

/** The bytes of such a text. */
export function textBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Text of ours (a path with letters beyond ASCII) in the same form. */
export function toByteText(text: string): string {
  return byteText(Buffer.from(text, 'utf8'));
}

/** The program that a script's first line names, where it can't be started. A carriage return at the line's end belongs to the name. */
async function programMissing(content: Buffer): Promise<string | null> {
  if (process.platform === 'win32') return null;
  const [, line = '', lineEnd = ''] = /^#![ \t]*([^\r\n]*)(\r?)/.exec(byteText(content.subarray(0, 1024))) ?? [];
  if (lineEnd !== '') return line + lineEnd;
  const [program = ''] = line.split(/[ \t]/);
  return isAbsolute(program) && !(await isExecutable(program)) ? program : null;
}

async function isExecutable(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function onlyAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
