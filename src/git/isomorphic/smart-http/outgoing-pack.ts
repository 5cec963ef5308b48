import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { BadObjectError } from '../../errors.ts';
import type { ObjectId } from '../../object-id.ts';
import { packHeader, wholeEntryHeader } from '../../pack-writer.ts';
import type { Repository } from '../../repository.ts';

/** How many bytes go out together: a piece an object would be a write for each. */
const PIECE_SIZE = 64 * 1024;

/** A pack with these objects, each whole, in pieces. No more than one object and one piece are held. Throws a `BadObjectError` for one that is absent. */
export async function* packOf(repo: Repository, ids: readonly ObjectId[]): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha1');
  let held: Buffer[] = [packHeader(ids.length)];
  let size = 0;
  const release = () => {
    const piece = Buffer.concat(held);
    held = [];
    size = 0;
    hash.update(piece);
    return piece;
  };
  for (const id of ids) {
    const [object] = await repo.readObjects([id]);
    if (object === undefined) throw new BadObjectError(id, `${id} is not here any more`);
    const payload = deflateSync(object.content);
    held.push(wholeEntryHeader(object.type, object.content.length), payload);
    size += payload.length;
    if (size >= PIECE_SIZE) yield release();
  }
  // Never an empty piece: Node's fetch waits forever after one.
  const last = release();
  yield Buffer.concat([last, hash.digest()]);
}
