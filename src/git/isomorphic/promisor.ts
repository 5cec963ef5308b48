import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTrue } from '../config-value.ts';

/** The promisor remote that a repository's own configuration names; `undefined` where it is no partial clone. */
export async function promisorRemote(commonDir: string): Promise<string | undefined> {
  const config = await readFile(join(commonDir, 'config'), 'utf8').catch(() => '');
  let section = '';
  for (const line of config.split('\n')) {
    section = /^\s*\[(.*)\]/.exec(line)?.[1] ?? section;
    const [, key = '', value = 'true'] = /^\s*([a-z]+)\s*(?:=\s*(.*?)\s*)?$/i.exec(line) ?? [];
    if (/^extensions$/i.test(section) && key.toLowerCase() === 'partialclone') return value;
    const remote = /^remote\s+"(.*)"$/i.exec(section)?.[1];
    if (remote !== undefined && key.toLowerCase() === 'promisor' && isTrue(value)) return remote;
  }
  return undefined;
}
