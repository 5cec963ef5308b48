/** From here on what waits is one piece of memory that grows in place: a long line would be held twice while its pieces are joined. */
const LONG = 8 << 20;
/** The longest that may wait. */
const LONGEST = 1 << 29;

/** Bytes that come in pieces and wait until they are taken as a whole. Pieces are copied: who made them may use their memory again. */
export class PendingBytes {
  #pieces: Buffer[] = [];
  #grown: ArrayBuffer | undefined;
  #length = 0;

  /** Throws a `RangeError` where it is more than 512 MB together. */
  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length < LONG) {
      this.#pieces.push(Buffer.from(bytes));
      return;
    }
    this.#grown ??= new ArrayBuffer(0, { maxByteLength: LONGEST });
    for (const piece of [...this.#pieces.splice(0), bytes]) append(this.#grown, piece);
  }

  /** All that waits; then nothing does. */
  take(): Buffer {
    const bytes = this.#grown === undefined ? Buffer.concat(this.#pieces) : Buffer.from(this.#grown);
    this.#pieces = [];
    this.#grown = undefined;
    this.#length = 0;
    return bytes;
  }

  /** The first bytes of what waits, up to so many. */
  head(length: number): Buffer {
    if (this.#grown !== undefined) return Buffer.from(this.#grown).subarray(0, length);
    return Buffer.concat(this.#pieces, Math.min(length, this.#length));
  }
}

function append(memory: ArrayBuffer, bytes: Uint8Array): void {
  const at = memory.byteLength;
  memory.resize(at + bytes.length);
  new Uint8Array(memory).set(bytes, at);
}
