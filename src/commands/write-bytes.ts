import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes pieces to a stream, no faster than it takes them. Where its reader goes away (`| head`) the rest is not read any more:
 * that is not a failure. Other errors of the stream are thrown.
 */
export async function writeBytes(stream: Writable, pieces: AsyncIterable<Buffer>): Promise<void> {
  const failed = new AbortController();
  const onError = (error: NodeJS.ErrnoException) => failed.abort(error);
  stream.on('error', onError);
  try {
    for await (const piece of pieces) {
      const accepted = stream.write(piece);
      if (!accepted && !failed.signal.aborted) {
        await once(stream, 'drain', { signal: failed.signal }).catch(() => undefined);
      }
      if (failed.signal.aborted) break;
    }
    // An error comes after the write that it is about.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    stream.off('error', onError);
  }
  const error: NodeJS.ErrnoException | undefined = failed.signal.reason;
  if (error !== undefined && error.code !== 'EPIPE') throw error;
}
