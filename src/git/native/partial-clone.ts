import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTrue } from '../config-value.ts';
import { inCaseOf } from '../in-case-of.ts';
import { emptyTreeId, type ObjectId } from '../object-id.ts';
import { FETCH } from './network.ts';
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
  readonly #fetches: boolean;
  /** The name of its promisor remote. */
  readonly remote: string;
  #present: Promise<Set<string>> | undefined;
  /** What the remote turned out to lack: it is not asked for again. */
  readonly #lacked = new Set<ObjectId>();
  /** Whether the remote answers at all; it is asked once, and no more where it does not. */
  #reachable: Promise<boolean> | undefined;

  constructor(git: GitProgram, remote: string, fetches: boolean) {
    this.#git = git;
    this.#fetches = fetches;
    this.remote = remote;
  }

  /** The partial clone that this repository is, or `undefined` where it is a whole one. */
  static async find(git: GitProgram, commonDir: string, fetches: boolean): Promise<PartialClone | undefined> {
    // Looking into the file first saves a process in every other repository.
    const config = await readFile(join(commonDir, 'config'), 'utf8').catch(() => '');
    if (!/promisor|partialclone|^\s*\[include/im.test(config)) return undefined;
    const pattern = '^(extensions\\.partialclone|remote\\..*\\.promisor)$';
    const { stdout } = await git.run(['config', '-z', '--get-regexp', pattern], { accept: [0, 1] });
    for (const setting of stdout.toString('utf8').split('\0').filter(Boolean)) {
      // A key without a value stands for true.
      const [key = '', value = 'true'] = setting.split('\n');
      if (key.toLowerCase() === 'extensions.partialclone') return new PartialClone(git, value, fetches);
      if (isTrue(value)) return new PartialClone(git, key.slice('remote.'.length, -'.promisor'.length), fetches);
    }
    return undefined;
  }

  /** Which of these objects are here. Never fetches. */
  async present(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const all = await this.#all();
    return new Set(ids.filter((id) => all.has(id)));
  }

  /** Fetches those of these objects that are not here, all at once, where it may. What the remote does not have stays absent. */
  async fetchAbsent(ids: readonly ObjectId[]): Promise<void> {
    if (!this.#fetches) return;
    const all = await this.#all();
    const absent = [...new Set(ids)].filter((id) => !all.has(id) && !this.#lacked.has(id));
    for (let at = 0; at < absent.length; at += FETCH_BATCH) await this.#fetchSome(absent.slice(at, at + FETCH_BATCH));
  }

  /** True for an object that the remote was asked for, and does not have. */
  isLackedByRemote(id: ObjectId): boolean {
    return this.#lacked.has(id);
  }

  /** A remote that lacks one object gives none of those that it is asked for with it: then halves are asked for. */
  async #fetchSome(ids: readonly ObjectId[]): Promise<void> {
    if (this.#reachable !== undefined && !(await this.#reachable)) return;
    if (await this.#fetch(ids)) {
      this.forget();
      const present = await this.present(ids);
      for (const id of ids) if (!present.has(id)) this.#lacked.add(id);
      return;
    }
    this.#reachable ??= this.#isReachable();
    if (!(await this.#reachable)) return;
    const [only] = ids;
    if (only !== undefined && ids.length === 1) this.#lacked.add(only);
    if (ids.length < 2) return;
    const half = Math.ceil(ids.length / 2);
    await this.#fetchSome(ids.slice(0, half));
    await this.#fetchSome(ids.slice(half));
  }

  async #isReachable(): Promise<boolean> {
    // 2: it answers, and has no such ref.
    const { exitCode } = await this.#git.run(['ls-remote', '--quiet', '--exit-code', this.remote, 'HEAD'], {
      accept: [0, 1, 2, 128],
      isAlone: this.#git.isUnattended,
    });
    return exitCode === 0 || exitCode === 2;
  }

  /** Objects were stored: what is here has to be found out again. */
  forget(): void {
    this.#present = undefined;
  }

  async #fetch(ids: readonly ObjectId[]): Promise<boolean> {
    // As git itself fetches a single absent object.
    const args = ['-c', 'fetch.negotiationAlgorithm=noop', ...FETCH, '--filter=blob:none', '--stdin', this.remote];
    const fetching = this.#git.run(args, { input: [`${ids.join('\n')}\n`], isAlone: this.#git.isUnattended });
    return fetching.then(
      () => true,
      inCaseOf(GitProgramError, () => false),
    );
  }

  #all(): Promise<Set<string>> {
    this.#present ??= this.#list();
    return this.#present;
  }

  async #list(): Promise<Set<string>> {
    const args = ['cat-file', '--batch-check=%(objectname)', '--batch-all-objects', '--unordered'];
    const { stdout } = await this.#git.run(args);
    // Git knows the empty tree, whether it is stored or not.
    const known = [emptyTreeId('sha1'), emptyTreeId('sha256')];
    return new Set([...stdout.toString('latin1').split('\n'), ...known]);
  }
}
