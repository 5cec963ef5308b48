import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { changeConfig } from '../change-config.ts';
import {
  damagedObject,
  EngineUnavailableError,
  GitError,
  NotARepositoryError,
  ShallowHistoryError,
} from '../errors.ts';
import type { ConfigEntry } from '../git-config.ts';
import { during } from '../git-failure.ts';
import { KeptPacks, removeStaleKeeps } from '../kept-packs.ts';
import { hasLooseObject } from '../loose-object.ts';
import type { Network } from '../network.ts';
import { idsOf, type ObjectFormat, type ObjectId, type RefName, toObjectId } from '../object-id.ts';
import { ofSize } from '../of-size.ts';
import { writePackFiles } from '../pack-files.ts';
import { PackedWriter } from '../packed-writer.ts';
import { RefReader } from '../refs/ref-reader.ts';
import { updateRefs } from '../refs/ref-transaction.ts';
import { removeStaleLocks } from '../refs/stale-locks.ts';
import type {
  ContentPart,
  GitObject,
  MeasuredObject,
  ObjectInfo,
  ObjectVisitor,
  ObjectWriter,
  ReachableOptions,
  ReachedVisitor,
  Ref,
  RefUpdate,
  Repository,
  WalkedCommit,
  WalkOptions,
  WriterOptions,
} from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { shallowCommits } from '../shallow-commits.ts';
import { absentObjects } from './absent-objects.ts';
import { blame } from './blame.ts';
import type { CatFile } from './cat-file.ts';
import { NativeConfig } from './config.ts';
import { ContentReader } from './content-reader.ts';
import { commitsDroppingFolders } from './dropped-folders.ts';
import { LooseNames } from './loose-names.ts';
import { NativeNetwork } from './network.ts';
import { InfoReader, ObjectReader } from './object-reader.ts';
import { PartialClone } from './partial-clone.ts';
import {
  GitProgram,
  gitEnvironment,
  objectEnvironment,
  refuseCommit,
  withoutQuestions,
  withoutTransport,
} from './program.ts';
import { measureObjects, visitReachable } from './reachable.ts';
import { referenceTransactionHook } from './ref-hook.ts';
import { listRefs } from './refs.ts';
import { isReftable, updateReftable } from './reftable.ts';
import { shortChain } from './short-chain.ts';

/**
 * How much of its packs a git maps at a time. By itself it maps gigabytes, and what it has looked at counts as its memory as long
 * as it runs: a migration of 1.4 GB of packs had a peak of 1.2 GB, and has one of 0.35 GB with these, for a twentieth more time.
 */
const PACK_WINDOWS = ['-c', 'core.packedGitWindowSize=16m', '-c', 'core.packedGitLimit=128m'];

/** Whatever looks at the index, also `diff-tree`, would start the program that the configuration names. Older gits take `false` for one. */
const NO_FSMONITOR = ['-c', 'core.fsmonitor='];

/** How often git is asked for an object that is here and that it does not find. */
const MOST_LOOKS = 3;

/** Where a repository lies, as `git rev-parse` says it. */
interface Location extends RepositoryLocation {
  readonly objectFormat: ObjectFormat;
}

/** The engine on top of the `git` program (2.31 or newer). */
class NativeRepository implements Repository {
  readonly engine = 'native';
  readonly gitDir: string;
  readonly commonDir: string;
  readonly objectsDir: string;
  readonly workTree: string | undefined;
  readonly objectFormat: ObjectFormat;
  readonly #git: GitProgram;
  readonly #online: GitProgram;
  readonly #fetches: boolean;
  readonly #objects: ObjectReader;
  readonly #infos: InfoReader;
  readonly #kept: KeptPacks;
  readonly #config: NativeConfig;
  /** Readers of contents that have nothing to do, and all that were started. */
  readonly #idle: ContentReader[] = [];
  readonly #readers: ContentReader[] = [];
  #partial: Promise<PartialClone | undefined> | undefined;

  /** `online` may use transports; it is used where a remote is asked for, and nowhere else. */
  constructor(location: Location, git: GitProgram, online: GitProgram, fetches = true) {
    this.#fetches = fetches;
    this.#online = online;
    this.gitDir = location.gitDir;
    this.commonDir = location.commonDir;
    this.objectsDir = location.objectsDir;
    this.workTree = location.workTree;
    this.objectFormat = location.objectFormat;
    this.#git = git;
    this.#objects = new ObjectReader(git, new LooseNames(location.objectsDir), location.objectFormat);
    this.#infos = new InfoReader(git);
    this.#kept = new KeptPacks(location.objectsDir);
    this.#config = new NativeConfig(git, location.commonDir);
    this.#objects.warm();
  }

  async engineVersion(): Promise<string> {
    const { stdout } = await this.#git.run(['--version']);
    return stdout
      .toString('utf8')
      .trim()
      .replace(/^git version /, 'git ');
  }

  async resolveRef(name: RefName): Promise<ObjectId | undefined> {
    return (await this.listRefs(name)).find((ref) => ref.name === name)?.id;
  }

  async resolveRevision(revision: string): Promise<ObjectId | undefined> {
    if (revision === '' || revision.startsWith('-')) return undefined;
    const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
    const { stdout, exitCode } = await this.#git.run(args, { accept: [0, 1, 128] });
    return exitCode === 0 ? toObjectId(stdout.toString('latin1').trim()) : undefined;
  }

  listRefs(...prefixes: string[]): Promise<Ref[]> {
    return listRefs(this.#git, prefixes);
  }

  async readObjects(ids: readonly ObjectId[]): Promise<Array<GitObject | undefined>> {
    const partial = await this.#partialClone();
    await partial?.fetchAbsent(ids);
    const objects = await this.#ask(this.#objects, ids, partial);
    const again = await this.#lookAgain(ids.filter((_, i) => objects[i] === undefined));
    return objects.map((object, i) => object ?? again.get(ids[i] as ObjectId));
  }

  /**
   * Those of these objects that git called missing and that are here: stored meanwhile, or in a pack that a repack took away while git
   * looked. Git says the same of an object that it can't read: throws `BadObjectError` where one stays so.
   */
  async #lookAgain(missing: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, GitObject>> {
    const found = new Map<ObjectId, GitObject>();
    let left = missing;
    for (let looks = 1; left.length > 0; looks++) {
      left = await this.#stored(left);
      for (const object of await this.#objects.request(left)) if (object !== undefined) found.set(object.id, object);
      left = left.filter((id) => !found.has(id));
      const [damaged] = left;
      if (damaged === undefined || looks < MOST_LOOKS) continue;
      throw damagedObject(damaged, "it is here, but git can't read it");
    }
    return found;
  }

  /** Those of these objects that the store has, readable or not. */
  async #stored(ids: readonly ObjectId[]): Promise<ObjectId[]> {
    const absent = await this.absentObjects(ids);
    const isHere = await Promise.all(ids.map((id) => !absent.has(id) || hasLooseObject(this.objectsDir, id)));
    return ids.filter((_, i) => isHere[i]);
  }

  async visitObjects(ids: readonly ObjectId[], visit: ObjectVisitor): Promise<void> {
    const partial = await this.#partialClone();
    const missing: number[] = [];
    const visitUnlessMissing = (object: GitObject | undefined, index: number) => {
      if (object === undefined) missing.push(index);
      else visit(object, index);
    };
    if (partial === undefined) {
      await this.#objects.visit(ids, visitUnlessMissing);
    } else {
      await partial.fetchAbsent(ids);
      const present = await partial.present(ids);
      for (const [index, id] of ids.entries()) {
        if (present.has(id)) await this.#objects.visit([id], (object) => visitUnlessMissing(object, index));
        else missing.push(index);
      }
    }
    const again = await this.#lookAgain(missing.map((index) => ids[index] as ObjectId));
    for (const index of missing) visit(again.get(ids[index] as ObjectId), index);
  }

  async objectInfo(ids: readonly ObjectId[]): Promise<Array<ObjectInfo | undefined>> {
    return this.#ask(this.#infos, ids, await this.#partialClone());
  }

  async absentObjects(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const partial = await this.#partialClone();
    if (partial === undefined) return absentObjects(this.#git, ids);
    const present = await partial.present(ids);
    return new Set(ids.filter((id) => !present.has(id)));
  }

  /** Asks git for objects; in a partial clone only for those that are here, so that it fetches none by itself. */
  async #ask<T>(reader: CatFile<T>, ids: readonly ObjectId[], partial: PartialClone | undefined) {
    if (partial === undefined) return reader.request(ids);
    const present = await partial.present(ids);
    const answers = (await reader.request(ids.filter((id) => present.has(id)))).values();
    return ids.map((id) => (present.has(id) ? (answers.next().value ?? undefined) : undefined));
  }

  #partialClone(): Promise<PartialClone | undefined> {
    this.#partial ??= PartialClone.find(this.#git, this.commonDir, this.#fetches);
    return this.#partial;
  }

  async streamBlob(id: ObjectId): Promise<AsyncIterable<Buffer> | undefined> {
    const partial = await this.#partialClone();
    await partial?.fetchAbsent([id]);
    const [info] = await this.objectInfo([id]);
    if (info === undefined) return undefined;
    return ofSize(id, info.size, this.#git.stream(['cat-file', 'blob', id]));
  }

  async *streamContents(ids: readonly ObjectId[]): AsyncGenerator<ContentPart, void, undefined> {
    const partial = await this.#partialClone();
    if (partial === undefined) return yield* this.#readContents(ids);
    const present = await partial.present(ids);
    const here: number[] = [];
    for (const [index, id] of ids.entries()) {
      if (present.has(id)) here.push(index);
      else yield { kind: 'absent', index };
    }
    const contents = this.#readContents(here.map((index) => ids[index] as ObjectId));
    for await (const part of contents) yield { ...part, index: here[part.index] ?? 0 };
  }

  /** Each stream has a process of its own while it lasts. */
  async *#readContents(ids: readonly ObjectId[]): AsyncGenerator<ContentPart, void, undefined> {
    let reader = this.#idle.pop();
    if (reader === undefined) {
      reader = new ContentReader(this.#git, async (id) => (await this.#stored([id])).length > 0);
      this.#readers.push(reader);
    }
    try {
      yield* reader.read(ids);
    } finally {
      this.#idle.push(reader);
    }
  }

  async promisorRemote(): Promise<string | undefined> {
    return (await this.#partialClone())?.remote;
  }

  async promisedObjects(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const partial = await this.#partialClone();
    return new Set(partial === undefined ? [] : ids.filter((id) => !partial.isLackedByRemote(id)));
  }

  async walk(options: WalkOptions): Promise<WalkedCommit[]> {
    if (options.tips.length === 0) return [];
    const [[tip, ...tips], [end, ...ends]] = [options.tips, options.exclude ?? []];
    if (tip !== undefined && end !== undefined && tips.length + ends.length === 0) {
      const chain = await this.#chain(tip, end);
      if (chain !== undefined) return chain;
    }
    const args = ['rev-list', '--topo-order', '--reverse', '--parents'];
    if (options.firstParent === true) args.push('--first-parent');
    const exclude = (options.exclude ?? []).map((id) => `^${id}\n`);
    const input = [...options.tips.map((id) => `${id}\n`), ...exclude].join('');
    const { stdout } = await this.#git.run([...args, '--stdin'], { input: [input] }).catch(refuseCommit);
    const commits = stdout
      .toString('latin1')
      .split('\n')
      .filter(Boolean)
      .map((line): WalkedCommit => {
        const ids = line.split(' ') as ObjectId[];
        // Not `...parents`: what that makes has room for 16 ids more.
        return { id: toObjectId(ids[0] ?? ''), parents: ids.slice(1) };
      });
    const cutOff = await shallowCommits(this.commonDir);
    if (cutOff.size > 0 && commits.some(({ id }) => cutOff.has(id))) throw new ShallowHistoryError();
    return commits;
  }

  /** The few commits that come after another one; `undefined` where git has to say it: also at the end of a shallow clone, which commits do not show. */
  async #chain(tip: ObjectId, end: ObjectId): Promise<WalkedCommit[] | undefined> {
    if ((await this.#partialClone()) !== undefined || (await this.isShallow())) return undefined;
    return shortChain((ids) => this.#objects.request(ids), tip, end);
  }

  async commitsWithText(
    tips: readonly ObjectId[],
    text: string,
    exclude: readonly ObjectId[] = [],
  ): Promise<ObjectId[]> {
    if (tips.length === 0) return [];
    const input = [...tips.map((id) => `${id}\n`), ...exclude.map((id) => `^${id}\n`)].join('');
    const args = ['rev-list', '--fixed-strings', '--regexp-ignore-case', `--grep=${text}`, '--stdin'];
    const { stdout } = await this.#git.run(args, { input: [input] }).catch(refuseCommit);
    return stdout.toString('latin1').split('\n').filter(Boolean).map(toObjectId);
  }

  async commitsDroppingFolders(commits: readonly WalkedCommit[], levels: number): Promise<ReadonlySet<ObjectId>> {
    // In a partial clone a tree may be absent, which git would look for at the remote.
    if ((await this.#partialClone()) !== undefined) return new Set(idsOf(commits));
    return commitsDroppingFolders(this.#git, commits, levels);
  }

  blame(path: string, line?: number): Promise<ObjectId[]> {
    return blame(this.#git, this.workTree, path, line);
  }

  async indexed(path: string): Promise<ObjectId | null | undefined> {
    if ((await stat(join(this.gitDir, 'index')).catch(() => undefined)) === undefined) return undefined;
    const paths = ['--full-name', '--', `:(top,literal)${path}`];
    const { stdout } = await this.#git.run(['ls-files', '-s', '-z', ...paths]);
    const entries = [...stdout.toString('latin1').matchAll(/[0-7]+ ([0-9a-f]+) [02]\t([^\0]*)\0/g)];
    const id = entries.find(([, , name]) => name === path)?.[1];
    return id === undefined ? null : toObjectId(id);
  }

  async visitReachable(
    tips: readonly ObjectId[],
    visit: ReachedVisitor,
    { isAbsentOnly = false, exclude = [] }: ReachableOptions = {},
  ): Promise<void> {
    const isPartialClone = (await this.#partialClone()) !== undefined;
    const absentOf = this.absentObjects.bind(this);
    return visitReachable(this.#git, { tips, visit, isAbsentOnly, exclude, absentOf, isPartialClone });
  }

  async measure(ids: readonly ObjectId[]): Promise<Array<MeasuredObject | undefined>> {
    const present = await (await this.#partialClone())?.present(ids);
    return measureObjects(this.#git, ids, (id) => present?.has(id) ?? true);
  }

  async isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean> {
    if ((await this.#chain(descendant, ancestor)) !== undefined) return true;
    const { exitCode, stderr } = await this.#git.run(['merge-base', '--is-ancestor', ancestor, descendant], {
      accept: [0, 1, 128],
    });
    if (exitCode !== 128) return exitCode === 0;
    const infos = await this.objectInfo([ancestor, descendant]);
    if (infos.some((info) => info?.type !== 'commit')) return false;
    throw new GitError(`whether ${ancestor} is an ancestor of ${descendant} can't be told: ${stderr.trim()}`);
  }

  async isShallow(): Promise<boolean> {
    return (await shallowCommits(this.commonDir)).size > 0;
  }

  objectWriter({ overDamaged = false }: WriterOptions = {}): ObjectWriter {
    return new PackedWriter(this.objectFormat, async (pack) => {
      await writePackFiles(this, pack, this.#kept);
      (await this.#partial)?.forget();
      if (overDamaged) this.#readAgain();
    });
  }

  #readAgain(): void {
    this.#objects.restart();
    this.#infos.restart();
    for (const reader of this.#idle) reader.close();
  }

  releaseObjects(): Promise<void> {
    return this.#kept.release();
  }

  async updateRefs(updates: readonly RefUpdate[], message: string): Promise<void> {
    await removeStaleKeeps(this.objectsDir);
    const config = await this.#config.read();
    return during(`moving ${updates.map(({ ref }) => ref).join(', ')}`, async () => {
      const hook = await referenceTransactionHook(this.#git, this, config);
      if (isReftable(config)) {
        const { objectFormat } = this;
        return updateReftable({ git: this.#git, location: this, objectFormat, config, hook }, updates, message);
      }
      const objects = {
        infoMany: (ids: readonly ObjectId[]) => this.objectInfo(ids),
        read: async (id: ObjectId) => (await this.readObjects([id]))[0],
      };
      const context = { location: this, env: this.#git.env, refs: new RefReader(this), objects, config, hook };
      await updateRefs(context, updates, message);
    });
  }

  async config(key: string): Promise<string | undefined> {
    return (await this.#config.read()).get(key);
  }

  network(): Network {
    // What a partial clone has is listed once: a fetch adds to it.
    const onFetched = async () => (await this.#partialClone())?.forget();
    return new NativeNetwork(this.#online, this.#config, this, onFetched);
  }

  async configAll(key: string): Promise<readonly string[]> {
    return (await this.#config.read()).all(key);
  }

  async configIn(section: string): Promise<readonly ConfigEntry[]> {
    return (await this.#config.read()).in(section);
  }

  async setConfig(key: string, values: readonly string[]): Promise<void> {
    const change = async (path: string) => {
      const config = ['config', '--file', path];
      await this.#git.run([...config, '--unset-all', key], { accept: [0, 5] });
      for (const value of values) await this.#git.run([...config, '--add', key, value]);
    };
    await during(`writing the configuration of ${key}`, () => changeConfig(this, change));
  }

  async close(): Promise<void> {
    await this.#kept.release();
    this.#objects.close();
    this.#infos.close();
    for (const reader of this.#readers) reader.close();
  }
}

/**
 * Opens the repository that `dir` lies in with the `git` program. Throws `EngineUnavailableError` where git is absent or
 * older than 2.31, `NotARepositoryError` where git finds no repository or refuses it.
 */
export async function openNative(options: {
  dir: string;
  env: NodeJS.ProcessEnv;
  honourGitEnv: boolean;
  fetches: boolean;
  isUnattended: boolean;
}): Promise<Repository> {
  const location = await locate(options.dir, gitEnvironment(options.env, options.honourGitEnv), !options.honourGitEnv);
  const workTree = location.workTree === undefined ? [] : [`--work-tree=${location.workTree}`];
  const prefix = [`--git-dir=${location.gitDir}`, ...workTree, ...PACK_WINDOWS, ...NO_FSMONITOR];
  const objects = options.honourGitEnv ? objectEnvironment(options.env) : {};
  const { isUnattended } = options;
  const env = { ...gitEnvironment(options.env), ...objects };
  const online = new GitProgram(prefix, isUnattended ? withoutQuestions(env) : env, isUnattended);
  const git = options.fetches ? online : new GitProgram(prefix, withoutTransport(online.env));
  // What a killed run left behind is nobody's work: also who only reads takes it away.
  await removeStaleLocks(location.commonDir);
  return new NativeRepository(location, git, online, options.fetches);
}

/** Git's own words are passed on where they say more than that there is nothing. */
function notOpenedWords(dir: string, words: string): string {
  if (/^fatal: not a git repository \(or any of the parent directories\): \S+$/.test(words))
    return `${dir} is in no git repository`;
  const reason = /^fatal: cannot change to '.*': (.*)$/s.exec(words)?.[1];
  if (reason !== undefined) return `${dir} can't be opened: ${reason}`;
  return `${dir} is in no git repository that git would open: ${words}`;
}

async function locate(dir: string, env: NodeJS.ProcessEnv, isNamed: boolean): Promise<Location> {
  // --path-format came with git 2.31: an older one prints the unknown option itself, which also says its age.
  // --show-toplevel comes last, since it fails where there is no work tree.
  const args = [
    '--path-format=absolute',
    '--git-dir',
    '--git-common-dir',
    '--git-path',
    'objects',
    '--show-object-format',
    '--show-toplevel',
  ];
  const ask = (options: string[]) => new GitProgram(options, env).run(['rev-parse', ...args], { accept: [0, 128] });
  const found = await ask(['-C', dir]);
  const isHidden = found.exitCode !== 0 && found.stderr.includes('safe.bareRepository');
  // A repository that somebody named does not lie hidden.
  const { stdout, stderr, exitCode } = isHidden && isNamed ? await ask([`--git-dir=${dir}`]) : found;
  const [gitDir, commonDir, objectsDir, objectFormat, workTree] = stdout.toString('utf8').split('\n');
  if (gitDir === '--path-format=absolute') {
    throw new EngineUnavailableError('the git program is older than 2.31', {
      hint: 'Install a newer git, or use the engine that needs none: --engine isomorphic',
    });
  }
  if (!gitDir || !commonDir || !objectsDir || !objectFormat) {
    throw new NotARepositoryError(notOpenedWords(dir, stderr.trim()), {
      hint:
        isHidden && !isNamed
          ? ['Name it: ', ['ckpt', 'status', '--repo', dir]]
          : 'Name a repository with --repo DIR, or change into one.',
    });
  }
  if (objectFormat !== 'sha1' && objectFormat !== 'sha256') {
    throw new EngineUnavailableError(`the repository's object format is ${objectFormat}, which ckpt doesn't know`);
  }
  return { gitDir, commonDir, objectsDir, objectFormat, workTree: exitCode === 0 && workTree ? workTree : undefined };
}
