import type { ObjectId } from '../object-id.ts';
import type { ContentPart } from '../repository.ts';
import type { ObjectStore } from './object-store.ts';

/** Blobs up to this many bytes are read whole: of a damaged one another copy is taken then; without one, it is given as it is. */
const READ_WHOLE = 1 << 20;

/** The content of one object in parts, as `Repository.streamContents` gives them. A damaged one is said, not thrown. */
export async function* contentParts(
  objects: ObjectStore,
  id: ObjectId,
  index: number,
): AsyncGenerator<ContentPart, void, undefined> {
  try {
    const info = await objects.info(id);
    if (info === undefined) return yield { kind: 'absent', index };
    yield { kind: 'start', index, ...info };
    const isLarge = info.type === 'blob' && info.size > READ_WHOLE;
    // What is not a blob can't be streamed: it is damaged then.
    const whole = isLarge ? undefined : await objects.read(id).catch(() => undefined);
    if (whole !== undefined) yield { kind: 'bytes', index, bytes: whole.content };
    else for await (const bytes of (await objects.stream(id)) ?? []) yield { kind: 'bytes', index, bytes };
    yield { kind: 'end', index };
  } catch (error) {
    yield { kind: 'damaged', index, reason: (error as Error).message };
  }
}
