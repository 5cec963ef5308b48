import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, inflateSync } from 'node:zlib';
import { GitError, LARGEST_READ, OTHER_SIZE, TooLargeError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { ObjectInfo } from '../repository.ts';
import { applyDelta, deltaResultSize } from './apply-delta.ts';
import { type EntryHeader, readEntryHeader } from './entry-header.ts';
import { inflateBounds } from './inflate-bounds.ts';
import { inflatedStream } from './inflated-stream.ts';
import { PackIndex } from './pack-index.ts';

/** Contents up to this size are kept, since the next objects are likely to be deltas against them. */
const MAX_CACHED_SIZE = 1024 * 1024;
/** What is kept of one pack altogether. */
const CACHE_SIZE = 16 * 1024 * 1024;
/** How much of a stream is read at a time. */
const PIECE_SIZE = 64 * 1024;
/** Bytes that hold the longest header of an entry, and mostly the two sizes at the start of a delta. */
const HEAD_SIZE = 128;
/** The two sizes take at most ten bytes each. */
const DELTA_SIZES = 20;

const readAsync = promisify(read);

/** The head of an entry: what follows is compressed data, which starts at `dataStart`. */
interface EntryHead {
  /** `undefined` for a delta. */
  readonly type: ObjectType | undefined;
  /** Bytes of the content or of the delta, inflated. */
  readonly size: number;
  /** Where the entry of a delta's base starts. */
  readonly base: number;
  readonly dataStart: number;
}

/** An object as a pack has it. */
export interface StoredEntry {
  /** `undefined` for a delta, which has a `base`. */
  readonly type: ObjectType | undefined;
  /** Bytes of the content or of the delta, inflated. */
  readonly size: number;
  readonly base: ObjectId | undefined;
  /** Bytes of the content or of the delta, compressed. */
  readonly compressedSize: number;
  /** These bytes, in pieces. They must be read to their end, or the stream ended. */
  readonly compressed: () => AsyncIterable<Buffer>;
}

interface PackedObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** An object that is made whole. */
interface Wanted {
  readonly id: ObjectId;
  /** The bytes that it has at most. */
  readonly largest: Readonly<Record<ObjectType, number>>;
  /** Those of what it is made of: deltas, and objects that they are applied to. */
  readonly largestBase: number;
}

/** For what is read whole: a delta may shorten what it is applied to. */
const READ: Omit<Wanted, 'id'> = { largest: LARGEST_READ, largestBase: 2 * LARGEST_READ.blob };
/** For a blob that is stored as a delta, and streamed: git makes none of blobs that are larger than half of this (`core.bigFileThreshold`). */
const STREAMED: Omit<Wanted, 'id'> = { largest: { ...LARGEST_READ, blob: 2 ** 30 }, largestBase: 2 ** 30 };

/**
 * Reads objects out of a pack, one at a time, and never holds the pack in memory. isomorphic-git reads packs whole and takes
 * 0.3 ms an object (14,000 commits: 4.3 s and the size of the pack in memory; here 0.4 s).
 *
 * Reads are synchronous on purpose: a few hundred bytes out of the page cache take 3 µs, a trip through the thread pool
 * twenty times that.
 */
export class PackFile {
  readonly #path: string;
  readonly #index: PackIndex;
  readonly #file: number;
  readonly #size: number;
  /** Contents by the start of their entry, the one used last at the end. */
  readonly #cache = new Map<number, PackedObject>();
  #cacheSize = 0;
  /** Streams that are not at their end; the file is closed after the last one. */
  #streams = 0;
  #isClosing = false;

  private constructor(path: string, index: PackIndex) {
    this.#path = path;
    this.#index = index;
    this.#file = openSync(path, 'r');
    this.#size = fstatSync(this.#file).size;
  }

  /** Opens `<path without .idx>.pack` with its index. */
  static async open(indexPath: string): Promise<PackFile> {
    return new PackFile(indexPath.replace(/idx$/, 'pack'), await PackIndex.read(indexPath));
  }

  /** Nothing may be read afterwards, but streams go on to their end. */
  close(): void {
    this.#isClosing = true;
    if (this.#streams === 0) closeSync(this.#file);
  }

  /** The ids of objects in it that start with these hex digits, two or more. */
  startingWith(prefix: string): ObjectId[] {
    return this.#index.startingWith(prefix);
  }

  /** The object with this id; `undefined` when the pack does not have it. */
  read(id: ObjectId): PackedObject | undefined {
    const start = this.#index.find(id);
    return start === undefined ? undefined : this.#resolve(start, { id, ...READ });
  }

  /** Type and size, with no more than the first bytes of each delta on the way inflated. */
  info(id: ObjectId): ObjectInfo | undefined {
    const start = this.#index.find(id);
    if (start === undefined) return undefined;
    let head = this.#head(start);
    const size = head.type === undefined ? deltaResultSize(this.#firstBytes(head)) : head.size;
    while (head.type === undefined) head = this.#head(head.base);
    return { type: head.type, size };
  }

  /** Bytes of an object's entry: from its start to that of the next one. */
  diskSize(id: ObjectId): number | undefined {
    const start = this.#index.find(id);
    return start === undefined ? undefined : this.#index.endOf(start, this.#size) - start;
  }

  /** Where an object's entry starts; `undefined` when the pack does not have it. */
  placeOf(id: ObjectId): number | undefined {
    return this.#index.find(id);
  }

  /** An object as it lies in the pack, compressed; `undefined` when the pack does not have it. */
  stored(id: ObjectId): StoredEntry | undefined {
    const start = this.#index.find(id);
    if (start === undefined) return undefined;
    const { type, size, base, dataStart } = this.#head(start);
    const end = this.#index.endOf(start, this.#size);
    return {
      type,
      size,
      base: type === undefined ? this.#index.idAt(base) : undefined,
      compressedSize: end - dataStart,
      compressed: () => this.#source(dataStart, end),
    };
  }

  /** The content in pieces, inflated as they are read; a delta is made whole first. */
  stream(id: ObjectId): AsyncIterable<Buffer> | undefined {
    const start = this.#index.find(id);
    if (start === undefined) return undefined;
    const head = this.#head(start);
    if (head.type === undefined) return slices(this.#resolve(start, { id, ...STREAMED }).content);
    return inflatedStream(id, this.#source(head.dataStart, this.#index.endOf(start, this.#size)));
  }

  /** Bytes of the file, which stays open until they are read or the stream is ended. */
  #source(start: number, end: number): Readable {
    this.#streams += 1;
    const source = Readable.from(this.#pieces(start, end));
    source.once('close', () => {
      this.#streams -= 1;
      if (this.#isClosing && this.#streams === 0) closeSync(this.#file);
    });
    return source;
  }

  /** Bytes of the file as it was opened: its path may be gone after a repack. */
  async *#pieces(start: number, end: number): AsyncGenerator<Buffer, void, undefined> {
    for (let at = start; at < end; ) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE_SIZE, end - at));
      const { bytesRead } = await readAsync(this.#file, piece, 0, piece.length, at);
      if (bytesRead === 0) throw this.#damaged(start, 'the file is cut off');
      yield piece.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  /** An object from its entry: back along the deltas to one stored whole, then forward again. Throws a `TooLargeError` where it is, or is made of, more than is wanted. */
  #resolve(start: number, wanted: Wanted): PackedObject {
    const deltas: Array<{ start: number; delta: Buffer }> = [];
    let at = start;
    let object = this.#cached(at);
    while (object === undefined) {
      const head = this.#head(at);
      assertWanted(wanted, head.type ?? 'blob', head.size, at !== start || head.type === undefined);
      const content = this.#inflate(at, head);
      if (head.type === undefined) {
        deltas.push({ start: at, delta: content });
        at = head.base;
        object = this.#cached(at);
      } else {
        object = { type: head.type, content };
        this.#keep(at, object);
      }
    }
    for (const { start: entry, delta } of deltas.reverse()) {
      assertWanted(wanted, object.type, deltaResultSize(delta), entry !== start);
      object = { type: object.type, content: applyDelta(object.content, delta) };
      this.#keep(entry, object);
    }
    return object;
  }

  #head(start: number): EntryHead {
    const bytes = this.#read(start, Math.min(HEAD_SIZE, this.#size - start));
    const { type, size, base, length } = this.#headerIn(bytes, start);
    const dataStart = start + length;
    if (base === undefined) return { type, size, base: 0, dataStart };
    if (typeof base === 'string') {
      const found = this.#index.find(base);
      if (found === undefined) throw this.#damaged(start, 'its base is in no entry');
      return { type, size, base: found, dataStart };
    }
    if (base <= 0 || base > start) throw this.#damaged(start, 'its base is outside of the pack');
    return { type, size, base: start - base, dataStart };
  }

  #headerIn(bytes: Buffer, start: number): EntryHeader {
    try {
      return readEntryHeader(bytes, 0);
    } catch (cause) {
      throw this.#damaged(start, (cause as Error).message, cause);
    }
  }

  #inflate(start: number, head: EntryHead): Buffer {
    const end = this.#index.endOf(start, this.#size);
    try {
      const data = this.#read(head.dataStart, end - head.dataStart);
      const content = inflateSync(data, inflateBounds(head.size));
      if (content.length === head.size) return content;
    } catch (cause) {
      throw this.#damaged(start, (cause as Error).message, cause);
    }
    throw this.#damaged(start, OTHER_SIZE);
  }

  /** At least the first bytes of a delta, which hold its two sizes. They may come after some hundred bytes of Huffman tables. */
  #firstBytes(head: EntryHead): Buffer {
    const available = this.#size - head.dataStart;
    const needed = Math.min(DELTA_SIZES, head.size);
    for (let length = HEAD_SIZE; ; length *= 4) {
      const bytes = this.#read(head.dataStart, Math.min(length, available));
      const inflated = inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
      if (inflated.length >= needed || length >= available) return inflated;
    }
  }

  #read(start: number, length: number): Buffer {
    if (length < 0) throw this.#damaged(start, 'the file is cut off'); // its entry begins behind the end
    const bytes = Buffer.allocUnsafe(length);
    const read = readSync(this.#file, bytes, 0, length, start);
    if (read !== length) throw this.#damaged(start, 'the file is cut off');
    return bytes;
  }

  #cached(start: number): PackedObject | undefined {
    const object = this.#cache.get(start);
    if (object !== undefined) {
      this.#cache.delete(start);
      this.#cache.set(start, object);
    }
    return object;
  }

  #keep(start: number, object: PackedObject): void {
    if (object.content.length > MAX_CACHED_SIZE) return;
    this.#cache.set(start, object);
    this.#cacheSize += object.content.length;
    for (const [oldest, { content }] of this.#cache) {
      if (this.#cacheSize <= CACHE_SIZE) break;
      this.#cache.delete(oldest);
      this.#cacheSize -= content.length;
    }
  }

  #damaged(start: number, reason: string, cause?: unknown): GitError {
    return new GitError(`${this.#path} is damaged at byte ${start}: ${reason}`, {
      hint: ['Look at the damage with: ', ['git', 'fsck', '--full']],
      cause,
    });
  }
}

function assertWanted({ id, largest, largestBase }: Wanted, type: ObjectType, size: number, isBase: boolean): void {
  const bound = isBase ? largestBase : largest[type];
  if (size > bound) throw new TooLargeError(id, type, size, bound);
}

async function* slices(content: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < content.length; at += MAX_CACHED_SIZE) yield content.subarray(at, at + MAX_CACHED_SIZE);
}
