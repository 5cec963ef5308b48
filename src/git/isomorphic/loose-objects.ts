import fs, { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, inflateSync } from 'node:zlib';
import git from 'isomorphic-git';
import { assertHeld, BadObjectError, damagedObject } from '../errors.ts';
import { hasLooseObject } from '../loose-object.ts';
import { isObjectId, type ObjectId, type ObjectType } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { inflatedStream } from './inflated-stream.ts';

/** Compressed bytes that are enough for the `<type> <size>` header. */
const HEAD_SIZE = 128;

/** Where a repository's objects are. */
export type ObjectPlace = Pick<RepositoryLocation, 'commonDir' | 'objectsDir'>;

/** The objects of a repository that are files of their own: `objects/<2 digits>/<38 digits>`. */
export class LooseObjects {
  readonly #location: ObjectPlace;

  constructor(location: ObjectPlace) {
    this.#location = location;
  }

  /** The object with this id; `undefined` where there is no such file. isomorphic-git compares its hash. */
  async read(id: ObjectId): Promise<GitObject | undefined> {
    const compressed = await this.diskSize(id);
    if (compressed === undefined) return undefined;
    try {
      // Zlib makes no less than a thousandth of what it is given.
      if (compressed > 2 ** 20) assertHeld(id, (await this.info(id))?.size ?? 0);
      const read = await git.readObject({
        fs,
        gitdir: this.#location.commonDir,
        oid: id,
        format: 'content',
        cache: {},
      });
      return { id, type: read.type as ObjectType, content: Buffer.from(read.object as Uint8Array) };
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      if (error instanceof BadObjectError) throw error;
      // What an object cut short does inside of isomorphic-git has a text that asks for a report.
      const isTheirs = error instanceof git.Errors.InternalError;
      const reason = isTheirs ? 'it is cut short or overwritten' : (error as Error).message;
      throw damagedObject(id, reason);
    }
  }

  /** The ids that start with these hex digits, two or more. */
  async startingWith(prefix: string): Promise<ObjectId[]> {
    const folder = prefix.slice(0, 2);
    const names = await readdir(join(this.#location.objectsDir, folder)).catch(() => []);
    return names.map((name) => folder + name).filter((id): id is ObjectId => isObjectId(id) && id.startsWith(prefix));
  }

  has(id: ObjectId): Promise<boolean> {
    return hasLooseObject(this.#location.objectsDir, id);
  }

  /** Bytes of an object's file. */
  async diskSize(id: ObjectId): Promise<number | undefined> {
    return stat(this.#path(id)).then(
      ({ size }) => size,
      () => undefined,
    );
  }

  /** Type and size out of the first bytes of the file; `undefined` where there is no such file. */
  async info(id: ObjectId): Promise<ObjectInfo | undefined> {
    const file = await open(this.#path(id)).catch(() => undefined);
    if (file === undefined) return undefined;
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_SIZE), 0, HEAD_SIZE, 0);
      return parseHeader(id, inflateSync(buffer.subarray(0, bytesRead), { finishFlush: constants.Z_SYNC_FLUSH })).info;
    } finally {
      await file.close();
    }
  }

  /** The content in pieces, inflated as the file is read. Its header must have been looked at with `info`. */
  async *stream(id: ObjectId): AsyncGenerator<Buffer, void, undefined> {
    let isFirst = true;
    for await (const piece of inflatedStream(id, createReadStream(this.#path(id)))) {
      yield isFirst ? piece.subarray(parseHeader(id, piece).length) : piece;
      isFirst = false;
    }
  }

  #path(id: ObjectId): string {
    return join(this.#location.objectsDir, id.slice(0, 2), id.slice(2));
  }
}

/** Parses `<type> <size>\0`; `length` is how many bytes it takes. */
function parseHeader(id: ObjectId, bytes: Buffer): { info: ObjectInfo; length: number } {
  const end = bytes.indexOf(0);
  const match = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(end, 0)));
  if (match === null) throw damagedObject(id, 'its first bytes are not those of an object');
  return { info: { type: match[1] as ObjectType, size: Number(match[2]) }, length: end + 1 };
}
