import { idsOf, type ObjectId } from '../git/object-id.ts';
import { visitUsable } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';

/** A prompt of more bytes is read in pieces. A gigabyte takes a megabyte in a repository. */
const LARGE = 1 << 20;

/** Visits the content of prompts in pieces, with their places in `ids`; large ones last. `visit` says whether it wants another piece. */
export async function visitPrompts(
  repo: Repository,
  ids: readonly ObjectId[],
  visit: (piece: Buffer, at: number) => boolean,
): Promise<void> {
  const infos = await repo.objectInfo(ids);
  const isLarge = (at: number) => (infos[at]?.size ?? 0) > LARGE;
  const places = ids.map((id, at) => ({ id, at }));
  const small = places.filter(({ at }) => !isLarge(at));
  await visitUsable(repo, idsOf(small), (object, i) => {
    if (object !== undefined) visit(object.content, small[i]?.at ?? -1);
  });
  for (const { id, at } of places.filter((place) => isLarge(place.at))) {
    for await (const piece of (await repo.streamBlob(id)) ?? []) if (!visit(piece, at)) break;
  }
}
