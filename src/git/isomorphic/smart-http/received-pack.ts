import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { GitError } from '../../errors.ts';
import { hashObject, type ObjectId, type ObjectType } from '../../object-id.ts';
import { PACK_HEADER_SIZE } from '../../pack-format.ts';
import { type PackEntry, packHeader } from '../../pack-writer.ts';
import { applyDelta } from '../apply-delta.ts';
import { type EntryHeader, readEntryHeader } from '../entry-header.ts';
import { inflateBounds } from '../inflate-bounds.ts';

const CHECKSUM_SIZE = 20;

/** An entry as it lies in the pack. */
interface RawEntry extends Pick<EntryHeader, 'type' | 'size'> {
  /** Where a delta's base starts, or which object it is. */
  readonly base: number | ObjectId | undefined;
  readonly offset: number;
  readonly dataStart: number;
  readonly end: number;
}

/** What zlib says with `info`, which Node's types lack: `bytesWritten` of compressed data were taken. */
interface Inflated {
  readonly engine: { readonly bytesWritten: number };
}

/** Called for each object, in no order. The content must not be kept. */
type ContentVisitor = (id: ObjectId, type: ObjectType, content: Buffer) => void;

/**
 * A pack that a server has sent, in memory, as `writePackFiles` stores it. isomorphic-git's `indexPack` is not taken for it: it
 * leaves out an object that it can't read, without a word, and compares no checksum.
 */
export class ReceivedPack {
  readonly #bytes: Buffer;
  readonly #ids = new Map<number, ObjectId>();
  #raw: readonly RawEntry[] = [];

  /** Reads every object of it. Throws a `GitError` where something in it is damaged, or a delta's base is not in it. */
  constructor(bytes: Buffer, visit: ContentVisitor) {
    this.#bytes = bytes;
    try {
      this.#read(visit);
    } catch (error) {
      if (error instanceof GitError) throw error;
      throw new GitError(`the pack that the server has sent is damaged: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The pack as it was sent; its last piece is its checksum. */
  packStream(): Iterable<Buffer> {
    const end = this.#bytes.length - CHECKSUM_SIZE;
    return [this.#bytes.subarray(0, end), this.#bytes.subarray(end)];
  }

  /** Every entry, by offset. */
  *entries(): Generator<PackEntry, void, undefined> {
    for (const { offset, end } of this.#raw) {
      yield { id: this.#ids.get(offset) as ObjectId, offset, bytes: this.#bytes.subarray(offset, end) };
    }
  }

  #read(visit: ContentVisitor): void {
    const end = this.#bytes.length - CHECKSUM_SIZE;
    const sum = createHash('sha1').update(this.#bytes.subarray(0, Math.max(end, 0)));
    if (end < PACK_HEADER_SIZE || !sum.digest().equals(this.#bytes.subarray(end)))
      throw new RangeError('its checksum is wrong');
    const count = this.#bytes.readUInt32BE(8);
    if (!this.#bytes.subarray(0, PACK_HEADER_SIZE).equals(packHeader(count)))
      throw new RangeError('it is not of version 2');
    this.#raw = this.#scan(count, end);
    const deltas = new Map<number | ObjectId, RawEntry[]>();
    for (const entry of this.#raw) {
      if (entry.base === undefined) continue;
      const others = deltas.get(entry.base);
      if (others === undefined) deltas.set(entry.base, [entry]);
      else others.push(entry);
    }
    for (const entry of this.#raw) {
      if (entry.type !== undefined) this.#resolve(entry.offset, entry.type, this.#inflate(entry), deltas, visit);
    }
    if (this.#ids.size < this.#raw.length) throw new RangeError('the base of a delta is not in it');
  }

  /** Finds where each entry begins and ends: only inflating it shows that. */
  #scan(count: number, end: number): RawEntry[] {
    const found: RawEntry[] = [];
    let offset = PACK_HEADER_SIZE;
    while (found.length < count) {
      const { type, size, base, length } = readEntryHeader(this.#bytes, offset);
      const dataStart = offset + length;
      const options = { ...inflateBounds(size), info: true };
      const { engine } = inflateSync(this.#bytes.subarray(dataStart, end), options) as unknown as Inflated;
      const entryEnd = dataStart + engine.bytesWritten;
      const at = typeof base === 'number' ? offset - base : base;
      found.push({ type, size, base: at, offset, dataStart, end: entryEnd });
      offset = entryEnd;
    }
    if (offset !== end) throw new RangeError(`it has more than the ${count} objects that it counts`);
    return found;
  }

  /** An object, and depth first all whose deltas lead to it. A content is held for as long as a delta waits for it. */
  #resolve(
    offset: number,
    type: ObjectType,
    whole: Buffer,
    deltas: ReadonlyMap<number | ObjectId, readonly RawEntry[]>,
    visit: ContentVisitor,
  ): void {
    const take = (at: number, content: Buffer) => {
      const id = hashObject('sha1', type, content);
      this.#ids.set(at, id);
      visit(id, type, content);
      return { content, waiting: [...(deltas.get(at) ?? []), ...(deltas.get(id) ?? [])] };
    };
    const chain = [take(offset, whole)];
    for (let last = chain.at(-1); last !== undefined; last = chain.at(-1)) {
      const next = last.waiting.pop();
      if (last.waiting.length === 0) chain.pop();
      if (next !== undefined && !this.#ids.has(next.offset))
        chain.push(take(next.offset, applyDelta(last.content, this.#inflate(next))));
    }
  }

  #inflate({ dataStart, end, size }: RawEntry): Buffer {
    const content = inflateSync(this.#bytes.subarray(dataStart, end), inflateBounds(size));
    if (content.length !== size) throw new RangeError(`an entry has ${content.length} bytes, and not ${size}`);
    return content;
  }
}
