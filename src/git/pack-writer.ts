import { createHash } from 'node:crypto';
import { hashObject, type ObjectFormat, type ObjectId, type ObjectType } from './object-id.ts';
import { deflatePayload, unlikeOthers } from './pack-deflate.ts';
import { copyInsertDelta } from './pack-delta.ts';
import { NAMED_DELTA, OFFSET_DELTA, PACK_HEADER_SIZE, TYPE_NUMBERS } from './pack-format.ts';
import { type Placed, PlacedObjects } from './placed-objects.ts';
import type { DeltaBase } from './repository.ts';
import { SealedSlabs } from './sealed-slabs.ts';

/** Git's default for the longest chain of deltas (`pack.depth`). */
const MAX_DEPTH = 50;
/** Above this size a delta is not tried: it would need both contents at once for as long as the comparison takes. */
const MAX_DELTA_SIZE = 64 * 1024 * 1024;
/** Entries are laid one after the other in buffers of this size: 60,000 buffers of their own would cost more than their bytes. */
const SLAB_SIZE = 1024 * 1024;
/** Ten bytes hold a type and a size of 67 bits, ten more a distance of 70. */
const LONGEST_ENTRY_HEADER = 20;

/** An object's place in the pack: `bytes` is its whole entry (header and compressed data), which starts at `offset`. */
export interface PackEntry {
  readonly id: ObjectId;
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * Collects new objects as the entries of one pack, compressed, a large one partly on disk: what both engines' `ObjectWriter` is made of.
 * Entries keep the order in which the objects were taken. No two packs are the same, and so none has the name of another: a
 * `git repack` that has seen a pack deletes it at its end, also where somebody else has stored and kept the same one meanwhile.
 */
export class PackBuilder {
  readonly #format: ObjectFormat;
  readonly #placed: PlacedObjects;
  /** The entries' bytes. No entry lies across two slabs. */
  readonly #sealed: SealedSlabs;
  /** The slab that is being filled, and how many bytes of it are used. */
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;
  /** Where the next entry will start. */
  #end = PACK_HEADER_SIZE;

  /** `memoryLimit`: how many bytes of entries stay in memory, if not the usual number. */
  constructor(format: ObjectFormat, memoryLimit?: number) {
    this.#format = format;
    this.#placed = new PlacedObjects(format);
    this.#sealed = new SealedSlabs(memoryLimit);
  }

  /** The number of distinct objects taken. */
  get size(): number {
    return this.#placed.size;
  }

  /** The size of the pack so far, without its checksum. */
  get byteLength(): number {
    return this.#end;
  }

  /**
   * Takes an object and returns its id. `content` must not be changed afterwards. Where `similarTo` was taken before, only the
   * difference is stored; its content is trusted to be the one that its id names.
   */
  add(type: ObjectType, content: Buffer, similarTo?: DeltaBase): ObjectId {
    const id = hashObject(this.#format, type, content);
    if (this.#placed.get(id) !== undefined) return id;
    const offset = this.#end;
    const base = similarTo === undefined ? undefined : this.#placed.get(similarTo.id);
    const delta = similarTo && base && deltaAgainst(similarTo, base, content);
    if (delta && base) {
      this.#append(OFFSET_DELTA, delta.length, offset - base.offset, deflatePayload(delta));
      this.#placed.add(id, { offset, depth: base.depth + 1 });
    } else {
      const payload = deflatePayload(content, type === 'tree');
      this.#append(TYPE_NUMBERS[type], content.length, 0, this.size === 0 ? unlikeOthers(payload) : payload);
      this.#placed.add(id, { offset, depth: 0 });
    }
    return id;
  }

  /** The complete pack: header, entries, checksum. Its pieces stay valid only until the next `add`. */
  *packStream(): Generator<Buffer, void, undefined> {
    const hash = createHash(this.#format);
    const header = packHeader(this.size);
    hash.update(header);
    yield header;
    for (const slab of this.#filled()) {
      hash.update(slab);
      yield slab;
    }
    yield hash.digest();
  }

  /** Every entry, by offset: what an index of the pack is made of. */
  *entries(): Generator<PackEntry, void, undefined> {
    const slabs = this.#filled();
    let slab = slabs.next().value;
    let slabStart = PACK_HEADER_SIZE;
    for (const { id, offset, end } of this.#placed.spans(this.#end)) {
      while (slab && offset >= slabStart + slab.length) {
        slabStart += slab.length;
        slab = slabs.next().value;
      }
      if (slab) yield { id, offset, bytes: slab.subarray(offset - slabStart, end - slabStart) };
    }
  }

  *#filled(): Generator<Buffer, undefined, undefined> {
    yield* this.#sealed;
    if (this.#used > 0) yield this.#slab.subarray(0, this.#used);
  }

  /** Lays an entry down; `distance` says how far before it its base starts, where it is a delta. */
  #append(type: number, size: number, distance: number, payload: Buffer): void {
    const slab = this.#slabWithRoom(LONGEST_ENTRY_HEADER + payload.length);
    const start = this.#used;
    this.#used = writeEntryHeader(slab, start, type, size);
    if (distance > 0) this.#used = writeBaseDistance(slab, this.#used, distance);
    this.#used += payload.copy(slab, this.#used);
    this.#end += this.#used - start;
  }

  #slabWithRoom(length: number): Buffer {
    if (this.#used + length <= this.#slab.length) return this.#slab;
    if (this.#used > 0) this.#sealed.push(this.#slab.subarray(0, this.#used));
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_SIZE, length));
    this.#used = 0;
    return this.#slab;
  }
}

/** How a pack of so many objects begins (gitformat-pack). */
export function packHeader(count: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  return header;
}

/** What stands before the compressed content of an object, or before a delta to the object `base`. `size`: in bytes, uncompressed. */
export function entryHeader(kind: ObjectType | { readonly base: ObjectId }, size: number): Buffer {
  const header = Buffer.allocUnsafe(LONGEST_ENTRY_HEADER);
  const isDelta = typeof kind !== 'string';
  const length = writeEntryHeader(header, 0, isDelta ? NAMED_DELTA : TYPE_NUMBERS[kind], size);
  return Buffer.concat([header.subarray(0, length), isDelta ? Buffer.from(kind.base, 'hex') : Buffer.alloc(0)]);
}

function deltaAgainst(similarTo: DeltaBase, base: Placed, content: Buffer): Buffer | undefined {
  if (base.depth >= MAX_DEPTH || Math.max(content.length, similarTo.content.length) > MAX_DELTA_SIZE) return undefined;
  return copyInsertDelta(similarTo.content, content);
}

/** Type and size: four bits of the size with the type, then seven a byte, the lowest first; the top bit says that more follow. */
function writeEntryHeader(out: Buffer, start: number, type: number, size: number): number {
  let at = start;
  let byte = (type << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    out[at++] = byte | 0x80;
    byte = rest & 0x7f;
  }
  out[at++] = byte;
  return at;
}

/** How far back a delta's base starts: seven bits a byte, the highest first, one subtracted from all but the lowest. */
function writeBaseDistance(out: Buffer, start: number, distance: number): number {
  const bytes = [distance % 128];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.push((rest % 128) | 0x80);
  }
  let at = start;
  for (const byte of bytes.reverse()) out[at++] = byte;
  return at;
}
