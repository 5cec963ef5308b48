import { isMessageObject, joinMessageObjects } from '../../checkpoint/message-objects.ts';
import { contentHashOf } from '../../checkpoint/transcript.ts';
import type { Repository } from '../../git/repository.ts';
import type { Document } from './deep-document.ts';

/** Pieces of a JSON object must be in memory to be put together. There are hardly any, and none was seen this large. */
const LARGEST_JOINED = 128 * 1024 * 1024;

/**
 * The content hash of a transcript whose pieces are JSON objects with messages (Gemini, OpenCode), put together by these;
 * `undefined` where they are none, `too large` where they are not put together.
 */
export async function hashOfObjects(
  repo: Repository,
  { pieces, bytes }: Document,
): Promise<string | 'too large' | undefined> {
  if (bytes > LARGEST_JOINED) return 'too large';
  const objects = await repo.readObjects(pieces);
  const contents = objects.flatMap((object) => (object === undefined ? [] : [object.content]));
  if (contents.length < pieces.length || !contents.every(isMessageObject)) return undefined;
  return contentHashOf(joinMessageObjects(contents));
}
