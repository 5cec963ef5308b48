import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';

/** Pieces joined the way in which a transcript is put together again. */
async function* contentOf(repo: Repository, pieces: readonly ObjectId[]): AsyncGenerator<Buffer, void, undefined> {
  for (const [i, id] of pieces.entries()) {
    if (i > 0) yield Buffer.from('\n');
    const stream = await repo.streamBlob(id);
    if (stream !== undefined) yield* stream;
  }
}

/** Whether one transcript, by its pieces, is the beginning of another one that is longer. Holds a piece of each in memory. */
export async function isBeginning(
  repo: Repository,
  short: readonly ObjectId[],
  long: readonly ObjectId[],
): Promise<boolean> {
  const longer = contentOf(repo, long);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of contentOf(repo, short)) {
      for (let at = 0; at < piece.length; ) {
        if (rest.length === 0) {
          const next = await longer.next();
          if (next.done === true) return false;
          rest = next.value;
        }
        const length = Math.min(rest.length, piece.length - at);
        if (!rest.subarray(0, length).equals(piece.subarray(at, at + length))) return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    return true;
  } finally {
    await longer.return(undefined);
  }
}
