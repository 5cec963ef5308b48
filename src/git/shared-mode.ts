import { chmod, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isTrue } from './config-value.ts';
import { makeFolders } from './make-folders.ts';
import type { Repository } from './repository.ts';

const SET_GROUP_ID = 0o2000;

/** The mode that a repository's configuration asks for. */
export async function sharedModeOf(repo: Pick<Repository, 'config'>): Promise<SharedMode> {
  return new SharedMode(await repo.config('core.sharedRepository'));
}

/**
 * Who may read and write what is made in a repository: git's `core.sharedRepository` (git-config), as git applies it. Where the
 * setting says nothing, the umask does, and nothing is changed here.
 */
export class SharedMode {
  /** Permissions that are added, or that replace what the umask gave; `undefined` where nothing is to be done. */
  readonly #bits: { readonly mode: number; readonly isExact: boolean } | undefined;

  /** `setting` is the value of `core.sharedRepository`. */
  constructor(setting: string | undefined) {
    this.#bits = bitsOf(setting);
  }

  /** Gives a file that was just made the permissions that the setting asks for. */
  async file(path: string): Promise<void> {
    if (this.#bits !== undefined) await this.#adjust(path, 0);
  }

  /** Makes a folder and those above it that are absent. */
  async makeFolder(path: string): Promise<void> {
    const first = await makeFolders(path);
    if (this.#bits === undefined || first === undefined) return;
    for (let folder = path; folder.length >= first.length; folder = dirname(folder)) {
      await this.#adjust(folder, SET_GROUP_ID);
    }
  }

  /** A file of another user can't be changed, and need not be. */
  async #adjust(path: string, more: number): Promise<void> {
    const { mode = 0, isExact = false } = this.#bits ?? {};
    try {
      const old = (await stat(path)).mode & 0o7777;
      const asked = old & 0o200 ? mode : mode & ~0o222;
      const read = isExact ? (old & ~0o777) | asked : old | asked;
      const isFolder = more !== 0;
      await chmod(path, isFolder ? read | ((read & 0o444) >> 2) | more : read);
    } catch {
      // What can't be given away is still the repository's.
    }
  }
}

function bitsOf(setting = ''): { mode: number; isExact: boolean } | undefined {
  const word = setting.toLowerCase();
  if (word === 'group') return { mode: 0o660, isExact: false };
  if (['all', 'world', 'everybody'].includes(word)) return { mode: 0o664, isExact: false };
  if (/^[0-7]+$/.test(word)) {
    const mode = Number.parseInt(word, 8);
    if (mode < 3) return [undefined, bitsOf('group'), bitsOf('all')][mode];
    return (mode & 0o600) === 0o600 ? { mode: mode & 0o666, isExact: true } : undefined;
  }
  return isTrue(word) ? bitsOf('group') : undefined;
}
