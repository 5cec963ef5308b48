import { constants } from 'node:fs';
import { copyFile, cp, lstat, mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { GitProgram } from '../native/program.ts';

/** What of a work tree is copied at most: the files nearest to its top, without long ones. Hooks and their configurations are neither deep nor long. */
const MOST_FILES = 10_000;
const MAX_SIZE = 1 << 20;

/** Where programs of the project are, which hooks start. */
const PROGRAMS = 'node_modules';

/** Two places of one file or folder. */
interface Pair {
  readonly from: string;
  readonly to: string;
}

/**
 * Copies what git knows of a work tree, also what is not committed yet, and the files at its top that git ignores (a local configuration). Returns
 * the files that git knows, by their paths, with the modes that git gives them, and the links, which are still to be made.
 */
export async function copyWorkTree(git: GitProgram, { from, to }: Pair) {
  const known = await knownFiles(git);
  const top = await readdir(from);
  const [copied, links] = [new Map<string, string>(), [] as Pair[]];
  for (const path of new Set([...known, ...top])) {
    const pair = { from: join(from, path), to: join(to, path) };
    const stats = await lstat(pair.from).catch(() => undefined);
    if (stats?.isSymbolicLink()) links.push(pair);
    if (!stats?.isFile() || stats.size > MAX_SIZE || path === '.git') continue;
    await mkdir(dirname(pair.to), { recursive: true });
    await copyFile(pair.from, pair.to, constants.COPYFILE_FICLONE);
    copied.set(path, (stats.mode & 0o100) === 0 ? '100644' : '100755');
  }
  await linkPrograms({ from: join(from, PROGRAMS), to: join(to, PROGRAMS) });
  const isKnown = new Set(known);
  return { files: new Map([...copied].filter(([path]) => isKnown.has(path))), links };
}

/** Copies the folder of hooks, where there is one. Returns the links in it, which are still to be made. */
export async function copyHooks({ from, to }: Pair): Promise<Pair[]> {
  const folder = await realpath(from).catch(() => undefined);
  if (folder === undefined) return [];
  const links: Pair[] = [];
  const filter = async (source: string, copy: string) => {
    const isLink = (await lstat(source)).isSymbolicLink();
    if (isLink) links.push({ from: source, to: copy });
    return !isLink && !['.git', PROGRAMS].includes(basename(source));
  };
  await cp(folder, to, { recursive: true, filter });
  return links;
}

/**
 * Makes links when all files are there, so that nothing is written through one. Each leads to the copy of what it led to, in one of these folders; to
 * that itself where it is not copied.
 */
export async function makeLinks(links: readonly Pair[], folders: readonly Pair[]): Promise<void> {
  for (const link of links) {
    const end = await realpath(link.from).catch(() => undefined);
    if (end === undefined) continue;
    await mkdir(dirname(link.to), { recursive: true });
    await symlink((await copyOf(end, folders)) ?? end, link.to).catch(onlyThere);
  }
}

async function copyOf(path: string, folders: readonly Pair[]): Promise<string | undefined> {
  for (const { from, to } of folders) {
    const folder = await realpath(from).catch(() => from);
    const copy = join(to, relative(folder, path));
    if (path.startsWith(folder + sep) && (await lstat(copy).catch(() => undefined)) !== undefined) return copy;
  }
  return undefined;
}

/** Files that are tracked, or could be; those at the top first. */
async function knownFiles(git: GitProgram): Promise<string[]> {
  const shown = await git.run(['config', '--get', 'status.showUntrackedFiles'], { accept: [0, 1] });
  // Who turns that off has a home, or more, for a work tree.
  const others = shown.stdout.toString('utf8').trim() === 'no' ? [] : ['--others', '--exclude-standard'];
  const { stdout } = await git.run(['ls-files', '-z', '--cached', ...others]);
  const paths = new Set(stdout.toString('utf8').split('\0'));
  const safe = [...paths].filter((path) => path !== '' && !/(^|\/)\.\.?(\/|$)/.test(path));
  return safe.sort((a, b) => depth(a) - depth(b)).slice(0, MOST_FILES);
}

function depth(path: string): number {
  return path.split('/').length;
}

/** A folder of links to what is there, so that what programs keep beside it (`node_modules/.cache`) stays in the copy. */
async function linkPrograms({ from, to }: Pair): Promise<void> {
  const names = await readdir(from).catch(() => []);
  const programs = names.filter((name) => !name.startsWith('.') || name === '.bin');
  if (programs.length > 0) await mkdir(to, { recursive: true });
  for (const name of programs) await symlink(join(from, name), join(to, name), 'junction').catch(onlyThere);
}

function onlyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
