import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import git from 'isomorphic-git';
import { changeConfig } from '../change-config.ts';
import { BadObjectError, EngineUnavailableError } from '../errors.ts';
import type { ConfigEntry } from '../git-config.ts';
import { during } from '../git-failure.ts';
import { ignoreAbsent } from '../ignore-absent.ts';
import { inCaseOf } from '../in-case-of.ts';
import { KeptPacks, removeStaleKeeps } from '../kept-packs.ts';
import type { Network } from '../network.ts';
import { idsOf, type ObjectFormat, type ObjectId, type RefName } from '../object-id.ts';
import { writePackFiles } from '../pack-files.ts';
import { PackedWriter } from '../packed-writer.ts';
import { objectAt } from '../read-trees.ts';
import { readUsable } from '../read-usable.ts';
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
} from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { shallowCommits } from '../shallow-commits.ts';
import { CommitWalk } from './commit-walk.ts';
import { commitsWithText } from './commits-with-text.ts';
import { readConfig } from './config.ts';
import { withValues } from './config-write.ts';
import { contentParts } from './content-parts.ts';
import { findInIndex } from './index-file.ts';
import { type DiscoverOptions, discover } from './location.ts';
import { IsomorphicNetwork } from './network.ts';
import { ObjectStore } from './object-store.ts';
import { promisorRemote } from './promisor.ts';
import { visitReachable } from './reachable.ts';
import { resolveRevision } from './revision.ts';
import { assertPackSize, assertServable } from './servable.ts';

/** The engine for machines without a `git` program: isomorphic-git and Node alone. */
class IsomorphicRepository implements Repository {
  readonly engine = 'isomorphic';
  readonly objectFormat: ObjectFormat = 'sha1';
  readonly #location: RepositoryLocation;
  readonly #env: NodeJS.ProcessEnv;
  readonly #lockTimeoutMs: number | undefined;
  readonly #objects: ObjectStore;
  readonly #refs: RefReader;
  readonly #history: CommitWalk;
  readonly #kept: KeptPacks;

  constructor(location: RepositoryLocation, env: NodeJS.ProcessEnv, lockTimeoutMs: number | undefined) {
    this.#location = location;
    this.#env = env;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#objects = new ObjectStore(location);
    this.#refs = new RefReader(location);
    this.#history = new CommitWalk(location.commonDir, this.#objects);
    this.#kept = new KeptPacks(location.objectsDir);
  }

  get commonDir(): string {
    return this.#location.commonDir;
  }

  get objectsDir(): string {
    return this.#location.objectsDir;
  }

  get gitDir(): string {
    return this.#location.gitDir;
  }

  get workTree(): string | undefined {
    return this.#location.workTree;
  }

  async engineVersion(): Promise<string> {
    return `isomorphic-git ${git.version()}`;
  }

  resolveRef(name: RefName): Promise<ObjectId | undefined> {
    return during(`reading ${name}`, async () => (await this.#refs.resolve(name)).id);
  }

  resolveRevision(revision: string): Promise<ObjectId | undefined> {
    return during(`looking for ${revision}`, () => resolveRevision(this.#refs, this.#objects, revision));
  }

  listRefs(...prefixes: string[]): Promise<Ref[]> {
    return during('listing refs', () => this.#refs.list(prefixes));
  }

  readObjects(ids: readonly ObjectId[]): Promise<Array<GitObject | undefined>> {
    return during('reading objects', () => this.#objects.readMany(ids));
  }

  visitObjects(ids: readonly ObjectId[], visit: ObjectVisitor): Promise<void> {
    return during('reading objects', async () => {
      for (const [index, id] of ids.entries()) visit(await this.#objects.read(id), index);
    });
  }

  objectInfo(ids: readonly ObjectId[]): Promise<Array<ObjectInfo | undefined>> {
    return during('reading objects', () => readUsable(ids, (some) => this.#objects.infoMany(some)));
  }

  async absentObjects(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    const infos = await this.objectInfo(ids);
    const absent = new Set<ObjectId>();
    const damaged = inCaseOf(BadObjectError, () => true);
    for (const id of ids.filter((_, i) => infos[i] === undefined))
      if ((await this.#objects.info(id).catch(damaged)) === undefined) absent.add(id);
    return absent;
  }

  streamBlob(id: ObjectId): Promise<AsyncIterable<Buffer> | undefined> {
    return during(`reading ${id}`, () => this.#objects.stream(id));
  }

  async *streamContents(ids: readonly ObjectId[]): AsyncGenerator<ContentPart, void, undefined> {
    for (const [index, id] of ids.entries()) yield* contentParts(this.#objects, id, index);
  }

  promisorRemote(): Promise<string | undefined> {
    return during('reading the configuration', async () => promisorRemote(await readConfig(this.#location, this.#env)));
  }

  async promisedObjects(ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
    return new Set((await this.promisorRemote()) === undefined ? [] : ids);
  }

  walk(options: WalkOptions): Promise<WalkedCommit[]> {
    return during('walking the history', () => this.#history.walk(options));
  }

  commitsWithText(tips: readonly ObjectId[], text: string, exclude: readonly ObjectId[] = []): Promise<ObjectId[]> {
    return during('walking the history', async () =>
      commitsWithText(this.#objects, await shallowCommits(this.commonDir), { tips, text, exclude }),
    );
  }

  async commitsDroppingFolders(commits: readonly WalkedCommit[]): Promise<ReadonlySet<ObjectId>> {
    return new Set(idsOf(commits));
  }

  async blame(): Promise<ObjectId[]> {
    throw new EngineUnavailableError('only the git program knows which commit wrote a line', {
      hint: 'Install git, and leave --engine isomorphic out.',
    });
  }

  indexed(path: string): Promise<ObjectId | null | undefined> {
    return during('reading the index', async () => {
      const index = await readFile(join(this.gitDir, 'index')).catch(ignoreAbsent);
      if (index === undefined) return undefined;
      const found = findInIndex(index, path);
      return (found && (await objectAt(this, found.id, found.way))) ?? null;
    });
  }

  visitReachable(
    tips: readonly ObjectId[],
    visit: ReachedVisitor,
    { isAbsentOnly = false, exclude = [] }: ReachableOptions = {},
  ): Promise<void> {
    const excluded = new Set<ObjectId>();
    const visitWanted: ReachedVisitor = (id, isHere) => {
      if ((!isHere || !isAbsentOnly) && !excluded.has(id)) visit(id, isHere);
    };
    return during('looking for what refs reach', async () => {
      const cutOff = await shallowCommits(this.commonDir);
      await visitReachable(this.#objects, cutOff, exclude, (id) => excluded.add(id));
      await visitReachable(this.#objects, cutOff, tips, visitWanted);
    });
  }

  measure(ids: readonly ObjectId[]): Promise<Array<MeasuredObject | undefined>> {
    return during('measuring objects', async () => {
      const [infos, sizes] = [await this.#objects.infoMany(ids), await this.#objects.diskSizes(ids)];
      return infos.map((info, i) => (info === undefined ? undefined : { ...info, diskSize: sizes[i] ?? 0 }));
    });
  }

  isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean> {
    return during('walking the history', () => this.#history.isAncestor(ancestor, descendant));
  }

  async isShallow(): Promise<boolean> {
    return (await shallowCommits(this.commonDir)).size > 0;
  }

  objectWriter(): ObjectWriter {
    return new PackedWriter(this.objectFormat, async (pack) => {
      assertPackSize('the pack that was to be written', pack.byteLength);
      await writePackFiles(this, pack, this.#kept);
      await this.#objects.refresh();
    });
  }

  releaseObjects(): Promise<void> {
    return this.#kept.release();
  }

  async updateRefs(updates: readonly RefUpdate[], message: string): Promise<void> {
    await removeStaleKeeps(this.objectsDir);
    return during(`moving ${updates.map(({ ref }) => ref).join(', ')}`, async () => {
      const context = {
        location: this.#location,
        env: this.#env,
        refs: this.#refs,
        objects: this.#objects,
        // Now, and not when the refs have moved: a configuration that can't be read must not fail what is done.
        config: await readConfig(this.#location, this.#env),
        lockTimeoutMs: this.#lockTimeoutMs,
      };
      await updateRefs(context, updates, message);
    });
  }

  config(key: string): Promise<string | undefined> {
    return during(`reading the configuration of ${key}`, async () =>
      (await readConfig(this.#location, this.#env)).get(key),
    );
  }

  network(): Network {
    const config = () => during('reading the configuration of remotes', () => readConfig(this.#location, this.#env));
    return new IsomorphicNetwork(this, this.#objects, config, this.#env);
  }

  configAll(key: string): Promise<readonly string[]> {
    return during(`reading the configuration of ${key}`, async () =>
      (await readConfig(this.#location, this.#env)).all(key),
    );
  }

  configIn(section: string): Promise<readonly ConfigEntry[]> {
    return during(`reading the configuration of ${section}`, async () =>
      (await readConfig(this.#location, this.#env)).in(section),
    );
  }

  setConfig(key: string, values: readonly string[]): Promise<void> {
    return during(`writing the configuration of ${key}`, () =>
      changeConfig(this, async (path) => {
        const bytes = values.map((value) => Buffer.from(value).toString('latin1'));
        await writeFile(path, withValues(await readFile(path, 'latin1'), key, bytes), 'latin1');
      }),
    );
  }

  async close(): Promise<void> {
    await this.#kept.release();
    this.#objects.close();
  }
}

/**
 * Opens the repository that `dir` lies in without the `git` program. Throws `NotARepositoryError` where there is none, and
 * `EngineUnavailableError` where it has something that this engine can't do. `lockTimeoutMs` bounds the wait for locks.
 */
export async function openIsomorphic(options: DiscoverOptions & { lockTimeoutMs?: number }): Promise<Repository> {
  const location = await during(`opening ${options.dir}`, () => discover(options));
  await during(`opening ${location.gitDir}`, () => assertServable(location, options));
  // What a killed run left behind is nobody's work: also who only reads takes it away.
  await removeStaleLocks(location.commonDir);
  return new IsomorphicRepository(location, options.env, options.lockTimeoutMs);
}
