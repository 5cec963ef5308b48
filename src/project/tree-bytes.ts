/** Large enough that the one that is being filled is little beside all. */
const BLOCK_SIZE = 256 * 1024;

/**
 * Keeps small buffers for long, next to each other. A small buffer is cut out of a block that Node shares among all, also those that are thrown
 * away at once: hundreds of thousands that stay would keep several times their own bytes.
 */
export class TreeBytes {
  #block: Buffer = Buffer.alloc(0);
  #used = 0;

  /** The same bytes, in a place of their own. */
  keep(content: Buffer): Buffer {
    if (this.#used + content.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_SIZE, content.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += content.copy(this.#block, start);
    return this.#block.subarray(start, this.#used);
  }
}
