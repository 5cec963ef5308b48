import { type ObjectFormat, type ObjectId, rawIdLength } from './object-id.ts';

const FIRST_CAPACITY = 16;
const NO_WORDS = new Uint32Array(0);
const NO_BYTES = Buffer.alloc(0);

/**
 * Ids in the order in which they came, as bytes: a migration keeps several for each commit of a history, and as texts they would take three
 * times as much, which the garbage collector looks at again and again.
 */
export class IdList {
  readonly #idLength: number;
  /** The same memory as bytes and as numbers: an id has 20 bytes or 32. There is none before the first id: many lists get none. */
  #bytes = NO_BYTES;
  #words = NO_WORDS;
  #size = 0;

  constructor(format: ObjectFormat) {
    this.#idLength = rawIdLength(format);
  }

  get size(): number {
    return this.#size;
  }

  /** The id at a place that is taken. */
  at(index: number): ObjectId {
    const start = index * this.#idLength;
    return this.#bytes.toString('hex', start, start + this.#idLength) as ObjectId;
  }

  /** As `at`; `null` where `null` was put there, which no object has for an id. */
  atOrNull(index: number): ObjectId | null {
    const start = (index * this.#idLength) / 4;
    for (let at = start; at < start + this.#idLength / 4; at++) if (this.#words[at] !== 0) return this.at(index);
    return null;
  }

  push(id: ObjectId | null): void {
    this.write(this.#size, id);
    this.keep();
  }

  /** Takes what was written right behind the last. */
  keep(): void {
    this.#size += 1;
  }

  /** Puts an id at a place that is taken, or right behind the last, where it is there to be compared with until the next is. */
  write(index: number, id: ObjectId | null): void {
    const start = index * this.#idLength;
    if (start === this.#bytes.length) this.#grow();
    if (id === null) this.#bytes.fill(0, start, start + this.#idLength);
    else this.#bytes.write(id, start, 'hex');
  }

  /** The places of all ids, in the order of the ids. */
  sorted(): Uint32Array {
    // The first four bytes of an id and its place are one number, which sorts faster than any comparison in code.
    const keys = new BigUint64Array(this.#size);
    for (let index = 0; index < this.#size; index++) {
      keys[index] = (BigInt(this.#bytes.readUInt32BE(index * this.#idLength)) << 32n) | BigInt(index);
    }
    const places = Uint32Array.from(keys.sort(), (key) => Number(key & 0xffff_ffffn));
    // Few ids begin alike: where two do, what comes next decides.
    for (let at = 1; at < places.length; at++) {
      const place = places[at] as number;
      let to = at;
      for (; to > 0 && this.#isAfter(places[to - 1] as number, place); to--) places[to] = places[to - 1] as number;
      places[to] = place;
    }
    return places;
  }

  /** All ids as bytes, in the order of these places. */
  bytesOf(places: Uint32Array): Buffer {
    const bytes = Buffer.alloc(places.length * this.#idLength);
    places.forEach((place, at) => {
      const start = place * this.#idLength;
      this.#bytes.copy(bytes, at * this.#idLength, start, start + this.#idLength);
    });
    return bytes;
  }

  /** Whether the first of two ids that begin alike is the greater one. */
  #isAfter(index: number, other: number): boolean {
    if (this.hashAt(index) !== this.hashAt(other)) return false;
    const [start, wanted] = [index * this.#idLength, other * this.#idLength];
    return this.#bytes.compare(this.#bytes, wanted, wanted + this.#idLength, start, start + this.#idLength) > 0;
  }

  /** The first bytes of an id as a number. */
  hashAt(index: number): number {
    return this.#words[(index * this.#idLength) / 4] ?? 0;
  }

  isSame(index: number, other: number): boolean {
    const [start, wanted] = [(index * this.#idLength) / 4, (other * this.#idLength) / 4];
    for (let at = 0; at < this.#idLength / 4; at++) {
      if (this.#words[start + at] !== this.#words[wanted + at]) return false;
    }
    return true;
  }

  #grow(): void {
    const words = new Uint32Array(Math.max((FIRST_CAPACITY * this.#idLength) / 4, 2 * this.#words.length));
    words.set(this.#words);
    this.#words = words;
    this.#bytes = Buffer.from(words.buffer);
  }
}

/** Ids, each once, by their places in the order in which they came. */
export class IdTable {
  readonly #ids: IdList;
  /** By the first bytes of an id: one more than its place, or 0. Where it is taken, the next free one. At most half are taken. */
  #slots = new Uint32Array(2 * FIRST_CAPACITY);

  constructor(format: ObjectFormat) {
    this.#ids = new IdList(format);
  }

  get size(): number {
    return this.#ids.size;
  }

  at(place: number): ObjectId {
    return this.#ids.at(place);
  }

  /** The place of an id; -1 where it is not here. */
  placeOf(id: ObjectId): number {
    return (this.#slots[this.#slotOf(id)] ?? 0) - 1;
  }

  /** The place of an id, which is taken where it is not here yet. */
  add(id: ObjectId): number {
    const slot = this.#slotOf(id);
    const taken = this.#slots[slot] ?? 0;
    if (taken !== 0) return taken - 1;
    this.#ids.keep(); // it was written to be looked for
    this.#slots[slot] = this.size;
    if (2 * this.size === this.#slots.length) this.#grow();
    return this.size - 1;
  }

  /** The slot that an id has, or would get. */
  #slotOf(id: ObjectId): number {
    const wanted = this.size;
    this.#ids.write(wanted, id);
    const mask = this.#slots.length - 1;
    let slot = this.#ids.hashAt(wanted) & mask;
    for (let taken = this.#slots[slot]; taken !== undefined && taken !== 0; taken = this.#slots[slot]) {
      if (this.#ids.isSame(taken - 1, wanted)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let place = 0; place < this.size; place++) {
      let slot = this.#ids.hashAt(place) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }
}

/** Ids by ids: what a `Map` of them is, in a third of its memory. */
export class IdMap {
  readonly #keys: IdTable;
  readonly #values: IdList;

  constructor(format: ObjectFormat) {
    this.#keys = new IdTable(format);
    this.#values = new IdList(format);
  }

  has(id: ObjectId): boolean {
    return this.#keys.placeOf(id) >= 0;
  }

  get(id: ObjectId): ObjectId | undefined {
    const place = this.#keys.placeOf(id);
    return place < 0 ? undefined : this.#values.at(place);
  }

  set(id: ObjectId, value: ObjectId): void {
    const place = this.#keys.add(id);
    if (place === this.#values.size) this.#values.push(value);
    else this.#values.write(place, value);
  }
}
