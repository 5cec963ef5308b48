import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from '../object-id.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/** Objects asked of the remote in one fetch. */
const FETCH_BATCH = 5000;

/**
 * A partial clone: objects may be absent that its promisor remote has. Git older than 2.45 fetches each one that it is asked
 * for by itself, one process and one connection an object. So this knows which objects are here before git is asked, and
 * fetches in one go what has to be read.
 */
export class PartialClone {
  readonly #git: GitProgram;
  /** The name of its promisor remote. */
  readonly remote: string;
  #present: Promise<Set<string>> | undefined;
  /** What the remote did not have either, or could not be asked for: it is not asked again. */
  readonly #refused = new Set<ObjectId>();

  constructor(git: GitProgram, remote: string) {
    this.#git = git;
    this.remote = remote;
  }

  /** The partial clone that this repository is, or `undefined` where it is a whole one. */
  static async find(git: GitProgram, commonDir: string): Promise<PartialClone | undefined> {
    // Looking into the file first saves a process in every other repository.
    const config = await readFile(join(commonDir, 'config'), 'utf8').catch(() => '');
    if (!/promisor|partialclone/i.test(config)) return undefined;
    const pattern = '^(extensions\\.partialclone|remote\\..*\\.promisor)$';
    const { stdout } = await git.run(['config', '-z', '--get-regexp', pattern], { accept: [0, 1] });
    for (const setting of stdout.toString('utf8').split('\0')) {
      const [key = '', value = ''] = setting.split('\n');
      if (key.toLowerCase() === 'extensions.partialclone') return new PartialClone(git, value);
      if (value === 'true') return new PartialClone(git, key.slice('remote.'.length, -'.promisor'.length));
    }
    return undefined;
  }

  /** Which of these objects are here. Never fetches. */
  async present(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const all = await this.#all();
    return new Set(ids.filter((id) => all.has(id)));
  }

  /** Fetches those of these objects that are not here, all at once. What the remote does not have stays absent. */
  async fetchAbsent(ids: readonly ObjectId[]): Promise<void> {
    const all = await this.#all();
    const absent = [...new Set(ids)].filter((id) => !all.has(id) && !this.#refused.has(id));
    for (let at = 0; at < absent.length; at += FETCH_BATCH) {
      const batch = absent.slice(at, at + FETCH_BATCH);
      if (await this.#fetch(batch)) this.forget();
      else for (const id of batch) this.#refused.add(id);
    }
  }

  /** Objects were stored: what is here has to be found out again. */
  forget(): void {
    this.#present = undefined;
  }

  async #fetch(ids: readonly ObjectId[]): Promise<boolean> {
    // What git itself does for a single absent object.
    const options = ['--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none', '--stdin'];
    const args = ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', this.remote, ...options];
    try {
      await this.#git.run(args, { input: [`${ids.join('\n')}\n`] });
      return true;
    } catch (error) {
      if (error instanceof GitProgramError) return false;
      throw error;
    }
  }

  #all(): Promise<Set<string>> {
    this.#present ??= this.#list();
    return this.#present;
  }

  async #list(): Promise<Set<string>> {
    const args = ['cat-file', '--batch-check=%(objectname)', '--batch-all-objects', '--unordered'];
    const { stdout } = await this.#git.run(args);
    return new Set(stdout.toString('latin1').split('\n'));
  }
}
