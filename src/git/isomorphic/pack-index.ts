import { readFile } from 'node:fs/promises';
import { GitError } from '../errors.ts';
import type { ObjectId } from '../object-id.ts';

const REPACK = ['Write it again with: ', ['git', 'repack', '-ad']] as const;

const HEADER_SIZE = 8;
const FANOUT_SIZE = 256 * 4;
const ID_SIZE = 20;
/** An offset with this bit is a place in the table of 64-bit offsets, which only packs over 2 GiB have. */
const LARGE_OFFSET = 0x8000_0000;

/** The index of a pack (gitformat-pack, version 2): which objects it has, and where. Kept as bytes and searched in place. */
export class PackIndex {
  readonly #bytes: Buffer;
  readonly count: number;
  /** The starts of all entries in order, and the end of the last one: made when it is first needed. */
  #starts: Uint32Array | undefined;
  /** Which object starts where: made when it is first needed. */
  #rows: Map<number, number> | undefined;

  constructor(bytes: Buffer, path: string) {
    if (
      bytes.length < HEADER_SIZE + FANOUT_SIZE ||
      bytes.readUInt32BE(0) !== 0xff744f63 ||
      bytes.readUInt32BE(4) !== 2
    ) {
      throw new GitError(`${path} is not a pack index of version 2`, { hint: REPACK });
    }
    this.#bytes = bytes;
    this.count = bytes.readUInt32BE(HEADER_SIZE + FANOUT_SIZE - 4);
    if (bytes.length < this.#offsetTable() + 4 * this.count + 2 * ID_SIZE) {
      throw new GitError(`${path} is cut off`, { hint: REPACK });
    }
  }

  static async read(path: string): Promise<PackIndex> {
    return new PackIndex(await readFile(path), path);
  }

  /** Where the entry of an object starts; `undefined` when the pack does not have it. */
  find(id: ObjectId): number | undefined {
    const wanted = Buffer.from(id, 'hex');
    const first = wanted[0] ?? 0;
    let low = first === 0 ? 0 : this.#bytes.readUInt32BE(HEADER_SIZE + 4 * (first - 1));
    let high = this.#bytes.readUInt32BE(HEADER_SIZE + 4 * first);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = HEADER_SIZE + FANOUT_SIZE + middle * ID_SIZE;
      const order = this.#bytes.compare(wanted, 0, ID_SIZE, at, at + ID_SIZE);
      if (order === 0) return this.#offset(middle);
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  /** The ids that start with these hex digits, two or more. */
  startingWith(prefix: string): ObjectId[] {
    const first = Number.parseInt(prefix.slice(0, 2), 16);
    const from = first === 0 ? 0 : this.#bytes.readUInt32BE(HEADER_SIZE + 4 * (first - 1));
    const to = this.#bytes.readUInt32BE(HEADER_SIZE + 4 * first);
    const ids: ObjectId[] = [];
    for (let i = from; i < to; i++) {
      const at = HEADER_SIZE + FANOUT_SIZE + i * ID_SIZE;
      const id = this.#bytes.toString('hex', at, at + ID_SIZE) as ObjectId;
      if (id.startsWith(prefix)) ids.push(id);
    }
    return ids;
  }

  /** Where the entry after the one at `offset` starts, or where the pack's checksum does. */
  endOf(offset: number, packSize: number): number {
    this.#starts ??= Uint32Array.from({ length: this.count }, (_, index) => this.#offset(index)).sort();
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#starts[low] ?? packSize - ID_SIZE;
  }

  /** The object whose entry starts at `offset`; `undefined` where none does. */
  idAt(offset: number): ObjectId | undefined {
    this.#rows ??= new Map(Array.from({ length: this.count }, (_, row) => [this.#offset(row), row]));
    const row = this.#rows.get(offset);
    if (row === undefined) return undefined;
    const at = HEADER_SIZE + FANOUT_SIZE + row * ID_SIZE;
    return this.#bytes.toString('hex', at, at + ID_SIZE) as ObjectId;
  }

  #offsetTable(): number {
    return HEADER_SIZE + FANOUT_SIZE + this.count * (ID_SIZE + 4);
  }

  #offset(index: number): number {
    const offset = this.#bytes.readUInt32BE(this.#offsetTable() + 4 * index);
    if (offset >= LARGE_OFFSET) throw new GitError('a pack over 2 GiB', { hint: 'Use --engine native' });
    return offset;
  }
}
