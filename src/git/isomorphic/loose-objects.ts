import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, inflateSync, type ZlibOptions } from 'node:zlib';
import { assertHeld, damagedObject, OTHER_CONTENT, OTHER_SIZE } from '../errors.ts';
import { ignoreAbsent } from '../ignore-absent.ts';
import { hasLooseObject } from '../loose-object.ts';
import { hashObject, isObjectId, type ObjectId, type ObjectType } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { inflateBounds } from './inflate-bounds.ts';
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

  /** The object with this id; `undefined` where there is no such file. Throws a `BadObjectError` for a damaged one, without inflating more than it says. */
  async read(id: ObjectId): Promise<GitObject | undefined> {
    const file = await open(this.#path(id)).catch(ignoreAbsent);
    if (file === undefined) return undefined;
    try {
      const { info, length } = await readHeader(id, file);
      assertHeld(id, info);
      const { size } = await file.stat();
      // Zlib makes no more of what can't be compressed.
      const compressed = await readStart(file, Math.min(size, 2 * info.size + HEAD_SIZE));
      const content = inflated(id, compressed, inflateBounds(length + info.size)).subarray(length);
      if (content.length !== info.size) throw damagedObject(id, OTHER_SIZE);
      if (hashObject('sha1', info.type, content) !== id) throw damagedObject(id, OTHER_CONTENT);
      return { id, type: info.type, content };
    } finally {
      await file.close();
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
    const file = await open(this.#path(id)).catch(ignoreAbsent);
    if (file === undefined) return undefined;
    try {
      return (await readHeader(id, file)).info;
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

async function readHeader(id: ObjectId, file: FileHandle): Promise<Header> {
  const start = await readStart(file, HEAD_SIZE);
  return parseHeader(id, inflated(id, start, { finishFlush: constants.Z_SYNC_FLUSH }));
}

/** The first bytes of a file, as many as there are. */
async function readStart(file: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

function inflated(id: ObjectId, compressed: Buffer, options: ZlibOptions): Buffer {
  try {
    return inflateSync(compressed, options);
  } catch (error) {
    const isLonger = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw damagedObject(id, isLonger ? OTHER_SIZE : 'it is cut short or overwritten');
  }
}

/** What an object's file begins with; `length` is how many bytes it takes. */
interface Header {
  readonly info: ObjectInfo;
  readonly length: number;
}

/** Parses `<type> <size>\0`. */
function parseHeader(id: ObjectId, bytes: Buffer): Header {
  const end = bytes.indexOf(0);
  const match = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(end, 0)));
  if (match === null) throw damagedObject(id, 'its first bytes are not those of an object');
  return { info: { type: match[1] as ObjectType, size: Number(match[2]) }, length: end + 1 };
}
