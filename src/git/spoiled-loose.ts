import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectId, type ObjectId } from './object-id.ts';
import { readContents } from './read-contents.ts';
import type { Repository } from './repository.ts';

/** Larger files are those of transcripts, which take long to read. */
const LARGEST_FILE = 64 * 1024;

/**
 * Objects with a file of their own, a small one, that is empty, cut short or another object's, with the reason. A power cut leaves such files,
 * and git takes each for the object by its name. Packs have sums, and what git stores in one was compared with its id.
 */
export async function spoiledLoose(repo: Repository): Promise<Map<ObjectId, string>> {
  const objects = repo.objectsDir;
  const folders = (await readdir(objects).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const spoiled = new Map<ObjectId, string>();
  for (const folder of folders) {
    const names = (await readdir(join(objects, folder)).catch(() => [])).filter((name) => isObjectId(folder + name));
    const sizes = await Promise.all(names.map((name) => sizeOf(join(objects, folder, name))));
    const ids = names.flatMap((name, i) => ((sizes[i] ?? 0) <= LARGEST_FILE ? [(folder + name) as ObjectId] : []));
    if (ids.length === 0) continue;
    for (const [i, read] of (await readContents(repo, ids)).entries()) {
      if (read.type === 'damaged') spoiled.set(ids[i] as ObjectId, read.reason);
    }
  }
  return spoiled;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
