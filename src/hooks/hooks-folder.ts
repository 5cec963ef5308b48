import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { NoHooksFolderError } from './errors.ts';
import { lefthookConfig } from './lefthook.ts';

/** A program that makes the hooks of a repository from a configuration of its own, and would write over ours. */
export type HookManager =
  /** `path` is the folder of the scripts that a team writes. */
  | { readonly name: 'husky'; readonly path: string }
  /** `path` is its configuration file. */
  | { readonly name: 'lefthook'; readonly path: string; readonly workTree: string; readonly commonDir: string };

/** Where git looks for a repository's hooks, and who else has a say there. */
export interface HooksFolder {
  /** Absolute path. The folder need not exist. */
  readonly path: string;
  readonly manager: HookManager | null;
  /**
   * Who shares these files: the people of a team where they lie in the work tree, and are committed perhaps; other
   * repositories of this user where they lie outside of this one; `null`: nobody.
   */
  readonly sharedWith: 'team' | 'other-repositories' | null;
}

/**
 * Finds the hooks folder as git does (githooks(5), `core.hooksPath` in git-config(1)): for all linked worktrees the one of
 * the common directory, unless the configuration names another. Throws `NoHooksFolderError` where that is empty (git takes the root of the file
 * system then) or not a folder.
 */
export async function findHooksFolder(repo: Repository, env: NodeJS.ProcessEnv): Promise<HooksFolder> {
  const configured = await repo.config('core.hooksPath');
  if (configured === '') throw new NoHooksFolderError(configured);
  const path = configured === undefined ? defaultFolder(repo) : configuredFolder(repo, configured, env);
  const stats = await stat(path).catch(() => undefined);
  if (stats !== undefined && !stats.isDirectory()) throw new NoHooksFolderError(path);
  return { path, manager: await findManager(repo, path), sharedWith: await sharedWith(repo, path) };
}

/** Where git looks when nothing is configured. */
export function defaultFolder(repo: Repository): string {
  return join(repo.commonDir, 'hooks');
}

/** A relative path starts where hooks run: at the top of the work tree, in a bare repository in the git directory. */
function configuredFolder(repo: Repository, configured: string, env: NodeJS.ProcessEnv): string {
  const home = env.HOME || env.USERPROFILE || homedir();
  const path = configured.replace(/^~(?=$|[\\/])/, () => home);
  return resolve(repo.workTree ?? repo.gitDir, path);
}

async function findManager(repo: Repository, folder: string): Promise<HookManager | null> {
  const husky = await huskyFolder(folder);
  if (husky !== undefined) return { name: 'husky', path: husky };
  const config = await lefthookConfig(repo.workTree);
  if (config !== undefined && repo.workTree !== undefined)
    return { name: 'lefthook', path: config, workTree: repo.workTree, commonDir: repo.commonDir };
  return null;
}

/** husky 9 points git at `.husky/_`, whose hooks call those of the folder above; husky 5 to 8 at `.husky` itself. */
async function huskyFolder(folder: string): Promise<string | undefined> {
  if (basename(folder) === '.husky') return folder;
  if (basename(folder) !== '_') return undefined;
  const isHusky = basename(dirname(folder)) === '.husky' || (await list(folder)).includes('husky.sh');
  return isHusky ? dirname(folder) : undefined;
}

async function sharedWith(repo: Repository, path: string): Promise<HooksFolder['sharedWith']> {
  const folder = await realpath(path).catch(() => path);
  if (isInside(repo.commonDir, folder) || isInside(repo.gitDir, folder)) return null;
  return repo.workTree !== undefined && isInside(repo.workTree, folder) ? 'team' : 'other-repositories';
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
