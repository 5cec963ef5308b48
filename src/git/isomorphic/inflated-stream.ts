import { pipeline, type Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { asGitError } from '../git-failure.ts';
import type { ObjectId } from '../object-id.ts';

/** What an object's compressed data inflates to, in pieces. Ending the loop early closes the source. */
export async function* inflatedStream(id: ObjectId, source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflate();
  // Errors of either stream end the other one and come out of the loop.
  pipeline(source, inflate, () => undefined);
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (error) {
    throw asGitError(`reading ${id}`, error);
  }
}
