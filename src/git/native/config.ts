import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitConfig } from '../git-config.ts';
import type { GitProgram } from './program.ts';

/** The configuration as git reads it, with one git for all keys. It is read again where the repository's own file is another one. */
export class NativeConfig {
  readonly #git: GitProgram;
  readonly #file: string;
  #read: { readonly state: string; readonly config: Promise<GitConfig> } | undefined;

  constructor(git: GitProgram, commonDir: string) {
    this.#git = git;
    this.#file = join(commonDir, 'config');
  }

  /** The settings of all files, and those of the environment. */
  async read(): Promise<GitConfig> {
    const state = await this.#state();
    if (this.#read?.state !== state) this.#read = { state, config: readConfig(this.#git) };
    return this.#read.config;
  }

  /** Git writes a file of its own and renames it: it has another number. An editor may write into the same one. */
  async #state(): Promise<string> {
    const found = await stat(this.#file, { bigint: true }).catch(() => undefined);
    return found === undefined ? '' : `${found.ino} ${found.mtimeNs} ${found.size}`;
  }
}

/** The configuration that is in force where this git runs. */
export async function readConfig(git: GitProgram): Promise<GitConfig> {
  const { stdout } = await git.run(['config', '-z', '--list']);
  const entries = stdout.toString('utf8').split('\0').filter(Boolean);
  return new GitConfig(
    entries.map((entry) => {
      const end = entry.indexOf('\n');
      return end === -1 ? { key: entry, value: null } : { key: entry.slice(0, end), value: entry.slice(end + 1) };
    }),
  );
}
