import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inQuotes } from '../config-value.ts';

/**
 * Gives a key (`section.key`, letters alone) of a repository's `config` file these values, in place of those that it has there. The rest
 * of the file stays byte for byte, and so does its mode. Throws where git's lock of the file is held.
 */
export async function writeConfig(commonDir: string, key: string, values: readonly string[]): Promise<void> {
  const path = join(commonDir, 'config');
  const lock = `${path}.lock`;
  const file = await open(lock, 'wx');
  try {
    await file.writeFile(withValues(await readFile(path, 'utf8'), key, values));
    await file.chmod((await stat(path)).mode & 0o7777);
    await file.sync();
    await file.close();
    await rename(lock, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(lock, { force: true });
    throw error;
  }
}

/** The text of a configuration with other values of one key: at its end, in a section of their own. */
function withValues(text: string, key: string, values: readonly string[]): string {
  const [section = '', name = ''] = key.split('.');
  const isSection = new RegExp(`^\\s*\\[\\s*${section}\\s*\\]\\s*$`, 'i');
  const isKey = new RegExp(`^\\s*${name}\\s*(?:=|$)`, 'i');
  let isIn = false;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) isIn = isSection.test(line);
    if (!(isIn && isKey.test(line))) kept.push(line);
  }
  const rest = withoutEmptySections(kept, isSection).join('\n');
  if (values.length === 0) return rest;
  const lines = values.map((value) => `\t${name} = ${quoted(value)}\n`).join('');
  return `${rest === '' || rest.endsWith('\n') ? rest : `${rest}\n`}[${section}]\n${lines}`;
}

/** A heading of that section with nothing below it goes, so that it does not pile up. */
function withoutEmptySections(lines: readonly string[], isSection: RegExp): string[] {
  return lines.filter((line, i) => {
    if (!isSection.test(line)) return true;
    const next = lines.slice(i + 1).find((one) => one.trim() !== '');
    return next !== undefined && !/^\s*\[/.test(next);
  });
}

function quoted(value: string): string {
  return /^[A-Za-z0-9/._-]+$/.test(value) ? value : inQuotes(value);
}
