import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { RefConflictError } from '../errors.ts';
import { during } from '../git-failure.ts';
import { KeptPacks } from '../kept-packs.ts';
import { moveFile } from '../move-file.ts';
import { toObjectId } from '../object-id.ts';
import { LockSet } from '../refs/lock-file.ts';
import type { RefUpdate, Repository } from '../repository.ts';
import { type SharedMode, sharedModeOf } from '../shared-mode.ts';
import { syncFolder } from '../sync-folder.ts';
import type { GitOutput } from './program.ts';

/** Runs `git fetch` with these options before the command, these after it, and these variables. */
export type Fetch = (
  global: readonly string[],
  options: readonly string[],
  env: NodeJS.ProcessEnv,
) => Promise<GitOutput>;

/** What comes is a pack, however small, which can be kept; and bundles, for which git has refs of its own, are left out. */
const GLOBAL = ['-c', 'fetch.unpackLimit=1', '-c', 'fetch.bundleURI='];
/** A dry run brings the objects as well, looks whether they are whole, and moves no ref (builtin/fetch.c; seen with git 2.47). */
const OPTIONS = ['--dry-run', '--porcelain'];

/** How often it is fetched again since somebody else moved a ref meanwhile. */
const MOST_TRIES = 5;

/**
 * Fetches where all refs have one lock, which git takes for each ref that it moves, and leaves where it is killed. So git only says which
 * refs are to move, and `Repository.updateRefs` moves them. Until git has ended, the objects lie in a folder of this process, which the next command
 * removes after a kill.
 */
export async function fetchAside(repo: Repository, fetch: Fetch): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await during(`storing what was fetched in ${repo.commonDir}`, () => fetchOnce(repo, fetch));
    } catch (error) {
      if (!(error instanceof RefConflictError) || tries === MOST_TRIES) throw error;
    }
  }
}

async function fetchOnce(repo: Repository, fetch: Fetch): Promise<void> {
  const { commonDir, objectsDir: store } = repo;
  const shared = await sharedModeOf(repo);
  const kept = new KeptPacks(store);
  const own = await LockSet.announce({ commonDir, shared, timeoutMs: 0 }, []);
  try {
    const objects = join(own.folder, 'objects');
    await mkdir(join(objects, 'info'), { recursive: true });
    await writeFile(join(objects, 'info', 'alternates'), `${store}\n`);
    const { stdout } = await fetch(GLOBAL, OPTIONS, { GIT_OBJECT_DIRECTORY: objects });
    await takeIn(objects, store, { kept, shared });
    const moves = movesOf(stdout.toString('utf8'));
    // Refs that go come first, as with git: one may have the name of a folder of those that come.
    for (const some of [moves.filter((move) => move.new === null), moves.filter((move) => move.new !== null)]) {
      if (some.length > 0) await repo.updateRefs(some, 'fetch');
    }
  } finally {
    await own.release();
    await kept.release();
  }
}

/** The files of an object store that are objects: loose ones, and packs with what belongs to them, but no `.keep`. */
const OBJECTS = /^(?:[0-9a-f]{2}\/[0-9a-f]+|pack\/pack-[0-9a-f]+\.(?!keep$)[a-z]+)$/;

/** Brings objects into the repository's store, each pack kept from a repack. Indexes come last: a pack without one is not seen by anyone. */
async function takeIn(
  from: string,
  store: string,
  { kept, shared }: { readonly kept: KeptPacks; readonly shared: SharedMode },
): Promise<void> {
  const isIndex = (name: string) => Number(name.endsWith('.idx'));
  const all = (await readdir(from, { recursive: true })).map((name) => name.split(sep).join('/'));
  const names = all.filter((name) => OBJECTS.test(name)).sort((a, b) => isIndex(a) - isIndex(b));
  for (const name of names) {
    const to = join(store, name);
    await shared.makeFolder(dirname(to));
    const [, pack] = /^pack\/(.+)\.pack$/.exec(name) ?? [];
    if (pack !== undefined) await kept.keep(pack);
    await moveFile(join(from, name), to);
  }
  for (const folder of new Set(names.map((name) => dirname(name)))) await syncFolder(join(store, folder));
}

/** `git fetch --porcelain`: a line a ref, `<flag> <old> <new> <ref>`, with zeros for no object. */
function movesOf(text: string): RefUpdate[] {
  const id = (digits: string) => (/^0+$/.test(digits) ? null : toObjectId(digits));
  return [...text.matchAll(/^. ([0-9a-f]+) ([0-9a-f]+) (.+)$/gm)].map(([, old = '', to = '', ref = '']) => ({
    ref,
    old: id(old),
    new: id(to),
  }));
}
