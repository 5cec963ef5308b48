import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As many bytes of a pack are kept in memory; a migration of 6,000 checkpoints makes no more. */
const MEMORY_LIMIT = 64 * 1024 * 1024;

/** Bytes that lie in a file, from `position` on. */
interface OnDisk {
  readonly file: number;
  readonly position: number;
  readonly length: number;
}

const closing = new FinalizationRegistry<number>((file) => closeSync(file));

/**
 * Buffers that are complete, in their order. Those over a limit go to a file in the folder for temporary files, which has no name from the
 * beginning, so that nothing of it stays, however the process ends. Where it can't be written they stay in memory.
 */
export class SealedSlabs {
  readonly #slabs: Array<Buffer | OnDisk> = [];
  readonly #limit: number;
  #inMemory = 0;
  #file: number | undefined;
  #end = 0;
  #canSpill = true;

  constructor(limit = MEMORY_LIMIT) {
    this.#limit = limit;
  }

  /** Takes a buffer, which must not be changed afterwards. */
  push(slab: Buffer): void {
    const stored = this.#inMemory + slab.length > this.#limit ? this.#spill(slab) : undefined;
    if (stored === undefined) this.#inMemory += slab.length;
    this.#slabs.push(stored ?? slab);
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    for (const slab of this.#slabs) yield Buffer.isBuffer(slab) ? slab : readBack(slab);
  }

  #spill(slab: Buffer): OnDisk | undefined {
    if (!this.#canSpill) return undefined;
    try {
      this.#file ??= this.#open();
      const position = this.#end;
      for (let at = 0; at < slab.length; ) at += writeSync(this.#file, slab, at, slab.length - at, position + at);
      this.#end += slab.length;
      return { file: this.#file, position, length: slab.length };
    } catch {
      this.#canSpill = false;
      return undefined;
    }
  }

  #open(): number {
    const folder = mkdtempSync(join(tmpdir(), 'ckpt-pack-'));
    try {
      const file = openSync(join(folder, 'pack'), 'wx+', 0o600);
      closing.register(this, file);
      return file;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function readBack({ file, position, length }: OnDisk): Buffer {
  const content = Buffer.allocUnsafeSlow(length);
  for (let at = 0; at < length; ) {
    const count = readSync(file, content, at, length - at, position + at);
    if (count === 0) throw new Error('what was put aside of a pack is not in its file any more');
    at += count;
  }
  return content;
}
