import { type ObjectFormat, type ObjectId, rawIdLength } from './object-id.ts';

/** Where an entry of a pack starts, and how many deltas lie between it and an entry that is stored whole. */
export interface Placed {
  readonly offset: number;
  readonly depth: number;
}

const FIRST_CAPACITY = 256;

/**
 * The objects of a pack that is being made, in their order: each with its place. A million of them take 39 MB here; a `Map` of texts and
 * objects takes 126 MB that the garbage collector looks at again and again.
 */
export class PlacedObjects {
  readonly #idLength: number;
  /** The ids as bytes, one after the other; behind the last there is room for one that is looked for. */
  #ids: Buffer;
  #offsets = new Float64Array(FIRST_CAPACITY);
  #depths = new Uint8Array(FIRST_CAPACITY);
  /** By the first bytes of an id: one more than the object's place in the order, or 0. Where it is taken, the next free one. At most half are taken. */
  #slots = new Uint32Array(2 * FIRST_CAPACITY);
  #size = 0;

  constructor(format: ObjectFormat) {
    this.#idLength = rawIdLength(format);
    this.#ids = Buffer.alloc(FIRST_CAPACITY * this.#idLength);
  }

  get size(): number {
    return this.#size;
  }

  get(id: ObjectId): Placed | undefined {
    const index = (this.#slots[this.#slotOf(id)] ?? 0) - 1;
    return index < 0 ? undefined : { offset: this.#offsets[index] ?? 0, depth: this.#depths[index] ?? 0 };
  }

  /** Takes an object that is not here yet. */
  add(id: ObjectId, { offset, depth }: Placed): void {
    const slot = this.#slotOf(id); // and with that the bytes of the id are behind the last
    this.#offsets[this.#size] = offset;
    this.#depths[this.#size] = depth;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    // Room for one more has to stay.
    if (this.#size === this.#offsets.length) this.#grow();
  }

  /** The objects in their order, each with where its entry starts and ends; the last one ends at `end`. */
  *spans(end: number): Generator<{ readonly id: ObjectId; readonly offset: number; readonly end: number }> {
    for (let index = 0; index < this.#size; index++) {
      const start = index * this.#idLength;
      const id = this.#ids.toString('hex', start, start + this.#idLength) as ObjectId;
      const next = index + 1 < this.#size ? this.#offsets[index + 1] : end;
      yield { id, offset: this.#offsets[index] ?? 0, end: next ?? end };
    }
  }

  /** The slot that an object has, or would get. */
  #slotOf(id: ObjectId): number {
    const wanted = this.#size * this.#idLength;
    this.#ids.write(id, wanted, 'hex');
    const mask = this.#slots.length - 1;
    let slot = this.#ids.readUInt32LE(wanted) & mask;
    for (let taken = this.#slots[slot]; taken !== undefined && taken !== 0; taken = this.#slots[slot]) {
      const start = (taken - 1) * this.#idLength;
      if (this.#ids.compare(this.#ids, start, start + this.#idLength, wanted, wanted + this.#idLength) === 0) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const capacity = 2 * this.#offsets.length;
    const ids = Buffer.alloc(capacity * this.#idLength);
    this.#ids.copy(ids);
    this.#ids = ids;
    const offsets = new Float64Array(capacity);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const depths = new Uint8Array(capacity);
    depths.set(this.#depths);
    this.#depths = depths;
    this.#slots = new Uint32Array(2 * capacity);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#size; index++) {
      let slot = this.#ids.readUInt32LE(index * this.#idLength) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}
