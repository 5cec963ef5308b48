import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectId, RefName } from '../object-id.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import type { SharedMode } from '../shared-mode.ts';
import { syncFolder } from '../sync-folder.ts';
import { removeEmptyFolders } from './empty-folders.ts';
import { type PackedRef, type PackedRefs, packedRefsPath } from './packed-refs.ts';
import { peelAll, type RefObjects } from './peel.ts';
import { refPath } from './ref-names.ts';
import type { RefMove } from './reflog.ts';

/** A ref that is not symbolic, and is found to have its `old` value while its lock is held. `isLoose`: it has a file of its own. */
export interface Move extends RefMove {
  readonly isLoose: boolean;
}

/** Where the files of refs are written. */
export interface RefFilesPlace {
  readonly location: RepositoryLocation;
  readonly objects: RefObjects;
  readonly shared: SharedMode;
  /** A folder on the same file system: a file is written there and renamed into place when it is complete. */
  readonly folder: string;
}

/**
 * Writes the files of refs whose locks are held, that of `packed-refs` among them where that is written. Each step outlasts a
 * power cut before the next one begins.
 */
export class RefFiles {
  readonly #place: RefFilesPlace;
  #packed: PackedRefs;

  constructor(place: RefFilesPlace, packed: PackedRefs) {
    this.#place = place;
    this.#packed = packed;
  }

  /** Carries out all moves, so that after a kill at any moment all of them are done or none. */
  async carryOut(moves: readonly Move[]): Promise<void> {
    const [first] = moves;
    if (first === undefined) return;
    if (moves.length > 1) await this.#moveSeveral(moves);
    else if (first.new === null) await this.#delete(first);
    else await this.#write(first.ref, first.new);
  }

  async #write(ref: RefName, id: ObjectId): Promise<void> {
    const path = refPath(this.#place.location, ref);
    if ((await stat(path).catch(() => undefined))?.isDirectory()) await removeEmptyFolders(path);
    await this.#replace(path, [Buffer.from(`${id}\n`)]);
  }

  /** The packed value goes first: a file that is left wins over it, so the ref is there until the file goes. */
  async #delete(move: Move): Promise<void> {
    if (this.#packed.get(move.ref) !== undefined) await this.#rewritePacked(new Map([[move.ref, null]]));
    if (move.isLoose) await this.#deleteLoose([move.ref]);
  }

  async #moveSeveral(moves: readonly Move[]): Promise<void> {
    const loose = moves.filter(({ isLoose }) => isLoose);
    if (loose.length > 0) {
      await this.#rewritePacked(new Map(loose.map(({ ref, old }) => [ref, old])));
      await this.#deleteLoose(loose.map(({ ref }) => ref));
    }
    await this.#rewritePacked(new Map(moves.map((move) => [move.ref, move.new])));
  }

  async #rewritePacked(values: ReadonlyMap<RefName, ObjectId | null>): Promise<void> {
    const { objects, location } = this.#place;
    // What a very old git wrote does not say what its tags lead to.
    const known = this.#packed.isFullyPeeled ? [] : [...this.#packed.startingWith('')];
    const unknown = known.filter(([, { peeled }]) => peeled === undefined);
    const ids = [...unknown.map(([, { id }]) => id), ...values.values()].filter((id) => id !== null);
    const peeled = await peelAll(objects, ids);
    const changes = new Map<RefName, PackedRef | null>();
    for (const [ref, { id }] of unknown) changes.set(ref, { id, peeled: peeled.get(id) });
    for (const [ref, id] of values) changes.set(ref, id === null ? null : { id, peeled: peeled.get(id) });
    this.#packed = this.#packed.with(changes);
    await this.#replace(packedRefsPath(location.commonDir), this.#packed.format());
  }

  /** Their folders are written out before anything else happens, once each. */
  async #deleteLoose(refs: readonly RefName[]): Promise<void> {
    const paths = refs.map((ref) => refPath(this.#place.location, ref));
    for (const path of paths) await unlink(path);
    for (const folder of new Set(paths.map((path) => dirname(path)))) await syncFolder(folder);
  }

  /** Puts a file in the place of another, or where none was, in one step. */
  async #replace(path: string, parts: readonly Buffer[]): Promise<void> {
    const temporary = join(this.#place.folder, 'new');
    const file = await open(temporary, 'w');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#place.shared.file(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  }
}
