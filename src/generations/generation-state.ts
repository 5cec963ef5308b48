import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { greatest } from '../checkpoint/greatest.ts';
import { GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { ArchiveRef, LayoutRefs } from '../layout/layout-refs.ts';
import { locateInArchives, type WantedInArchives } from './archive-lookup.ts';
import { type GenerationContent, readGeneration, readVersions } from './generation.ts';
import { type Manifest, readManifest, readStoredEntries } from './manifest.ts';
import { type ManifestEntry, touchedNumbers } from './manifest-entry.ts';
import { DEFAULT_MAX_CHECKPOINTS } from './max-checkpoints.ts';
import { recordedSize } from './size.ts';

/**
 * Which generation holds what, where the refs of V2 are at one moment. Each part is read when it is first asked for, and kept.
 * What can't be read is a `GitError`, of the manifest a `CkptError`, unless said otherwise.
 */
export class GenerationState {
  readonly refs: LayoutRefs;
  readonly #repo: Repository;
  #current: Promise<GenerationContent | undefined> | undefined;
  #versions: Promise<ReadonlyMap<CheckpointId, readonly ObjectId[]>> | undefined;
  #manifest: Promise<Manifest> | undefined;
  #entries: Promise<ReadonlyMap<number, ManifestEntry>> | undefined;
  readonly #archives = new Map<ObjectId, Promise<GenerationContent>>();

  /** `manifest` is what counts in place of the one that the refs name. */
  constructor(repo: Repository, refs: LayoutRefs, { manifest }: { readonly manifest?: Manifest } = {}) {
    this.refs = refs;
    this.#repo = repo;
    if (manifest !== undefined) this.#manifest = Promise.resolve(manifest);
  }

  /** A state as if there were no generations yet, over the refs that there are: to make them afresh. */
  static ofNothing(repo: Repository, refs: LayoutRefs): GenerationState {
    const none = { archives: [], main: undefined, current: undefined, manifest: undefined };
    return new GenerationState(repo, { ...refs, ...none });
  }

  /** What `full/current` shows; `undefined` where there is no such ref. */
  current(): Promise<GenerationContent | undefined> {
    const { current } = this.refs;
    this.#current ??= current === undefined ? Promise.resolve(undefined) : readGeneration(this.#repo, current);
    return this.#current;
  }

  archive({ id }: ArchiveRef): Promise<GenerationContent> {
    const content = this.#archives.get(id) ?? readGeneration(this.#repo, id);
    this.#archives.set(id, content);
    return content;
  }

  /** The folders of each checkpoint in the history of `full/current`, from the oldest to the newest; none without that ref. */
  versions(): Promise<ReadonlyMap<CheckpointId, readonly ObjectId[]>> {
    const { current } = this.refs;
    this.#versions ??= current === undefined ? Promise.resolve(new Map()) : readVersions(this.#repo, current);
    return this.#versions;
  }

  /** The newest folder of each checkpoint that `full/current` has had since it was started, those that it shows included. */
  async history(): Promise<Map<CheckpointId, ObjectId>> {
    const versions = [...(await this.versions())];
    return new Map(versions.flatMap(([id, folders]) => folders.slice(-1).map((newest) => [id, newest] as const)));
  }

  /** As `history`; `undefined` where it can't be read. */
  readableHistory(): Promise<Map<CheckpointId, ObjectId> | undefined> {
    return this.history().catch(inCaseOf(GitError, () => undefined));
  }

  /** The manifest: of which generations it has an entry. */
  manifest(): Promise<Manifest> {
    this.#manifest ??= readManifest(this.#repo, this.refs.manifest);
    return this.#manifest;
  }

  /** The manifest's entries, by the number of the generation. */
  entries(): Promise<ReadonlyMap<number, ManifestEntry>> {
    this.#entries ??= this.#readEntries();
    return this.#entries;
  }

  /** The number for the next archive: 1 more than any archive has, or had. */
  async nextNumber(): Promise<number> {
    const numbers = this.refs.archives.map(({ number }) => number);
    return greatest([...numbers, ...(await this.manifest()).files.keys()], 0) + 1;
  }

  async #readEntries(): Promise<ReadonlyMap<number, ManifestEntry>> {
    const stored = await readStoredEntries(this.#repo, await this.manifest());
    return new Map([...stored].map(([number, { entry }]) => [number, entry]));
  }

  /** The checkpoints of every generation that the manifest has an entry of, whether it is there or not. */
  async everArchived(): Promise<Set<CheckpointId>> {
    return new Set([...(await this.entries()).values()].flatMap(({ checkpoints }) => checkpoints));
  }

  /** As `touchedNumbers`, where generations are to hold so many checkpoints; with another size all are made again. */
  async touched(maxCheckpoints: number): Promise<ReadonlySet<number>> {
    return touchedNumbers(await this.entries(), (await this.isOfSize(maxCheckpoints)) ? maxCheckpoints : undefined);
  }

  /** Whether generations hold so many checkpoints. */
  async isOfSize(maxCheckpoints: number): Promise<boolean> {
    const recorded = await recordedSize(this.#repo, await this.manifest());
    return (recorded?.maxCheckpoints ?? DEFAULT_MAX_CHECKPOINTS) === maxCheckpoints;
  }

  /** The checkpoints of the generations that were pruned. */
  async pruned(): Promise<Set<CheckpointId>> {
    const entries = [...(await this.entries()).values()];
    return new Set(entries.flatMap(({ isPruned, checkpoints }) => (isPruned ? checkpoints : [])));
  }

  /** The checkpoints that archives hold. Reads all of them. */
  async archived(): Promise<Set<CheckpointId>> {
    const ids = new Set<CheckpointId>();
    for (const archive of this.refs.archives) {
      for (const id of (await this.archive(archive)).checkpoints.keys()) ids.add(id);
    }
    return ids;
  }

  /** The archive that each of some checkpoints lies in, for those that lie in one; the newest where there are several. */
  locate(wanted: WantedInArchives): Promise<Map<CheckpointId, ArchiveRef>> {
    return locateInArchives(this.#repo, this.refs.archives, wanted);
  }

  /** The folders that archives have of some checkpoints, for those that they have. */
  async archivedFolders(checkpoints: Iterable<CheckpointId>): Promise<Map<CheckpointId, ObjectId>> {
    const located = await this.locate({ changed: new Set(checkpoints), unplaced: new Set() });
    const folders = new Map<CheckpointId, ObjectId>();
    for (const archive of new Set(located.values())) {
      for (const [id, folder] of (await this.archive(archive)).checkpoints) {
        if (located.get(id) === archive) folders.set(id, folder);
      }
    }
    return folders;
  }
}
