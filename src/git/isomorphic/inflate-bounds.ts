/** Bounds of the buffers that zlib inflates into; the lower one is zlib's own. */
const MIN_CHUNK_SIZE = 64;
const MAX_CHUNK_SIZE = 1024 * 1024;

/**
 * Options for inflating what has `size` bytes then: no more than one byte too many is made. By default each call makes a buffer of 16 KiB
 * for its output, which costs more than to inflate a commit.
 */
export function inflateBounds(size: number): { readonly maxOutputLength: number; readonly chunkSize: number } {
  return { maxOutputLength: size + 1, chunkSize: Math.min(Math.max(size + 1, MIN_CHUNK_SIZE), MAX_CHUNK_SIZE) };
}
