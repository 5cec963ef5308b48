import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BadObjectError, damagedObject } from '../errors.ts';
import { ignoreAbsent } from '../ignore-absent.ts';
import { emptyTreeId, type ObjectId } from '../object-id.ts';
import { ofSize } from '../of-size.ts';
import { packFolder, packIndexNames } from '../pack-folder.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import { LooseObjects, type ObjectPlace } from './loose-objects.ts';
import { PackFile, type StoredEntry } from './pack-file.ts';

/** How often the packs are listed at most, where a repack changes them each time. */
const MOST_LISTINGS = 20;
/** Objects that are read before others get a turn: packed ones are read synchronously. */
const READS_A_TURN = 500;

/** The tree that git knows, whether it is stored or not. */
const EMPTY_TREE = emptyTreeId('sha1');
const EMPTY = { type: 'tree', content: Buffer.alloc(0) } as const;

/** All objects of a repository: packs first, since most are there, then loose ones. */
export class ObjectStore {
  readonly loose: LooseObjects;
  readonly #packDir: string;
  /** Open packs by the name of their index, the one that had an object last at the front. */
  #packs = new Map<string, PackFile>();
  #lastHit: PackFile | undefined;
  /** The last refresh that was asked for. One at a time: two would close what the other one has just opened. */
  #refreshed: Promise<void> = Promise.resolve();

  constructor(location: ObjectPlace) {
    this.loose = new LooseObjects(location);
    this.#packDir = packFolder(location.objectsDir);
  }

  /** The objects with these ids, in their order; `undefined` for those that are absent. */
  readMany(ids: readonly ObjectId[]): Promise<Array<GitObject | undefined>> {
    return this.#findAll<GitObject>(
      ids,
      (pack, id) => {
        const object = pack.read(id);
        return object && { id, ...object };
      },
      async (id) => (await this.loose.read(id)) ?? (id === EMPTY_TREE ? { ...EMPTY, id } : undefined),
    );
  }

  /** Type and size of the objects with these ids, in their order; `undefined` for those that are absent. */
  infoMany(ids: readonly ObjectId[]): Promise<Array<ObjectInfo | undefined>> {
    return this.#findAll<ObjectInfo>(
      ids,
      (pack, id) => pack.info(id),
      async (id) => (await this.loose.info(id)) ?? (id === EMPTY_TREE ? { type: EMPTY.type, size: 0 } : undefined),
    );
  }

  /** Bytes in the store of the objects with these ids, in their order; `undefined` for those that are absent. */
  diskSizes(ids: readonly ObjectId[]): Promise<Array<number | undefined>> {
    return this.#findAll(
      ids,
      (pack, id) => pack.diskSize(id),
      (id) => this.loose.diskSize(id),
    );
  }

  async read(id: ObjectId): Promise<GitObject | undefined> {
    return (await this.readMany([id]))[0];
  }

  async info(id: ObjectId): Promise<ObjectInfo | undefined> {
    return (await this.infoMany([id]))[0];
  }

  /** The ids of all objects that start with these hex digits, two or more. */
  async startingWith(prefix: string): Promise<ObjectId[]> {
    await this.refresh();
    const packed = [...this.#packs.values()].flatMap((pack) => pack.startingWith(prefix));
    return [...new Set([...packed, ...(await this.loose.startingWith(prefix))])];
  }

  /** A blob's content in pieces; `undefined` where it is absent. Throws `BadObjectError` where the object is not a blob. */
  async stream(id: ObjectId): Promise<AsyncIterable<Buffer> | undefined> {
    const info = await this.info(id);
    if (info === undefined) return undefined;
    if (info.type !== 'blob') throw new BadObjectError(id, `${id} should be a blob, but is a ${info.type}`);
    return ofSize(id, info.size, this.#inPacks((pack) => pack.stream(id)) ?? this.loose.stream(id));
  }

  /** An object as a pack has it; `undefined` where none has it in a form that can be read. */
  stored(id: ObjectId): StoredEntry | undefined {
    return this.#inPacks((pack) => unlessDamaged(() => pack.stored(id)));
  }

  /** The ids in the order in which the objects lie in packs, where a delta comes after its base. Those that are in none come last. */
  async inPackOrder(ids: readonly ObjectId[]): Promise<ObjectId[]> {
    await this.refresh();
    const left = new Set(ids);
    const ordered: ObjectId[] = [];
    for (const pack of this.#packs.values()) {
      const found = [...left].flatMap((id) => {
        const place = pack.placeOf(id);
        return place === undefined ? [] : [{ id, place }];
      });
      for (const { id } of found.sort((a, b) => a.place - b.place)) {
        ordered.push(id);
        left.delete(id);
      }
    }
    return [...ordered, ...left];
  }

  /**
   * Looks for packs that came or went since the last time, for example one that was just written. A repack that ends between the listing
   * and the opening takes a pack away whose objects are in a newer one by then: packs are listed until all that were listed are open, or
   * the same ones are not there again, as where an index has lost its pack.
   */
  refresh(): Promise<void> {
    const refresh = async () => {
      let before = '';
      for (let listings = 1; listings <= MOST_LISTINGS; listings++) {
        const gone = (await this.#openListed()).join();
        if (gone === before) return;
        before = gone;
      }
    };
    this.#refreshed = this.#refreshed.then(refresh, refresh);
    return this.#refreshed;
  }

  /** Opens the packs that are listed now, and closes all others. Returns those that were gone before they were open. */
  async #openListed(): Promise<string[]> {
    const names = await packIndexNames(this.#packDir);
    const packs = new Map<string, PackFile>();
    for (const name of names) {
      const pack = this.#packs.get(name) ?? (await PackFile.open(join(this.#packDir, name)).catch(ignoreAbsent));
      if (pack !== undefined) packs.set(name, pack);
    }
    for (const [name, pack] of this.#packs) if (!packs.has(name)) pack.close();
    if (this.#lastHit !== undefined && ![...packs.values()].includes(this.#lastHit)) this.#lastHit = undefined;
    this.#packs = packs;
    return names.filter((name) => !packs.has(name));
  }

  close(): void {
    for (const pack of this.#packs.values()) pack.close();
    this.#packs.clear();
    this.#lastHit = undefined;
  }

  /**
   * Looks in the known packs, then among the loose objects, and for what is still missing once in packs that are new. An object that is
   * asked for many times, as the one blob of a million files, is looked for once.
   */
  async #findAll<T>(
    ids: readonly ObjectId[],
    inPack: (pack: PackFile, id: ObjectId) => T | undefined,
    loose: (id: ObjectId) => Promise<T | undefined>,
  ): Promise<Array<T | undefined>> {
    const found = new Map<ObjectId, T | undefined>();
    for (const id of new Set(ids)) {
      found.set(id, await this.#findOne(id, inPack, loose, { isLast: false }));
      if (found.size % READS_A_TURN === 0) await nextTurn();
    }
    const missing = [...found].flatMap(([id, object]) => (object === undefined ? [id] : []));
    if (missing.length > 0) await this.refresh();
    for (const id of missing) found.set(id, await this.#findOne(id, inPack, loose, { isLast: true }));
    return ids.map((id) => found.get(id));
  }

  /** Of an object that is damaged in one place, another copy is taken; without one, the last look says that it is damaged. */
  async #findOne<T>(
    id: ObjectId,
    inPack: (pack: PackFile, id: ObjectId) => T | undefined,
    loose: (id: ObjectId) => Promise<T | undefined>,
    { isLast }: { readonly isLast: boolean },
  ): Promise<T | undefined> {
    try {
      return this.#inPacks((pack) => inPack(pack, id)) ?? (await loose(id));
    } catch (error) {
      if (isOfSystem(error)) throw error;
      const packed = this.#inPacks((pack) => unlessDamaged(() => inPack(pack, id)));
      const copy = packed ?? (await loose(id).catch(() => undefined));
      if (copy === undefined && isLast)
        throw error instanceof BadObjectError ? error : damagedObject(id, messageOf(error));
      return copy;
    }
  }

  #inPacks<T>(look: (pack: PackFile) => T | undefined): T | undefined {
    const last = this.#lastHit && look(this.#lastHit);
    if (last !== undefined) return last;
    for (const pack of this.#packs.values()) {
      if (pack === this.#lastHit) continue;
      const found = look(pack);
      if (found === undefined) continue;
      this.#lastHit = pack;
      return found;
    }
    return undefined;
  }
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isOfSystem(error)) return undefined;
    throw error;
  }
}

/** Whether the system refused to read, which says nothing about what was to be read. */
function isOfSystem(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}

const messageOf = (error: unknown): string => (error as Error).message;
