import { access, appendFile, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeadLockOwner, newLockOwner } from './lock-owner.ts';
import { packFolder } from './pack-folder.ts';

/** How each line of our `.keep` files begins; the name of the process follows (`lock-owner.ts`). */
const MARK = 'ckpt ';

/**
 * The packs of this process with objects that no ref reaches yet. `git repack` and `git gc` delete such a pack unless a `.keep` file
 * lies beside it, which git's own fetch makes, too, until its refs have moved. Each pack has a file of its own, since no two packs are the
 * same (`pack-writer.ts`). Lines that others have added keep it. What a killed process leaves goes with the next write.
 */
export class KeptPacks {
  readonly #folder: string;
  readonly #owner = newLockOwner();
  readonly #names = new Set<string>();

  constructor(objectsDir: string) {
    this.#folder = packFolder(objectsDir);
  }

  /** Keeps a pack (`pack-<hash>`), which need not be there yet. Throws where the file can't be written. */
  async keep(name: string): Promise<void> {
    this.#names.add(name);
    const path = this.#pathOf(name);
    await appendFile(path, `${MARK}${this.#owner}\n`).catch(async (error: unknown) => {
      // Another user's file keeps the pack as well.
      if (!(await exists(path))) throw error;
    });
  }

  /** Lets git treat the packs as any other ones: the refs have moved, or never will. */
  async release(): Promise<void> {
    const names = [...this.#names];
    this.#names.clear();
    for (const name of names) await removeKeep(this.#pathOf(name), this.#owner);
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${name}.keep`);
  }
}

/** Removes the `.keep` files that killed processes of ours left behind. Those of anybody else stay. */
export async function removeStaleKeeps(objectsDir: string): Promise<void> {
  const folder = packFolder(objectsDir);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((file) => file.endsWith('.keep'))) await removeKeep(join(folder, name));
}

/** Removes a `.keep` file where each of its lines is of `own` or of a process of ours that is dead. */
async function removeKeep(path: string, own?: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  const isDone = (line: string) => {
    const owner = line.slice(MARK.length);
    return line.startsWith(MARK) && (owner === own || isDeadLockOwner(owner));
  };
  if (lines.length > 0 && lines.every(isDone)) await unlink(path).catch(() => undefined);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
