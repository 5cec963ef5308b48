import type { ObjectId } from '../object-id.ts';
import type { ContentPart } from '../repository.ts';
import type { ObjectStore } from './object-store.ts';

/** Blobs up to this many bytes are read whole: of a damaged one another copy is taken then, where there is one. */
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
    if (info.type === 'blob' && info.size > READ_WHOLE) {
      for await (const bytes of (await objects.stream(id)) ?? []) yield { kind: 'bytes', index, bytes };
    } else {
      yield { kind: 'bytes', index, bytes: (await objects.read(id))?.content ?? Buffer.alloc(0) };
    }
    yield { kind: 'end', index };
  } catch (error) {
    yield { kind: 'damaged', index, reason: (error as Error).message };
  }
}
