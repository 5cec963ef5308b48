import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { GitError, NotARepositoryError } from '../errors.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { readOwnConfig, readPersonalConfig } from './config.ts';

/** Where to look for a repository: as `OpenOptions` of `openRepository`. */
export interface DiscoverOptions {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly honourGitEnv: boolean;
}

/**
 * Finds the repository that `dir` lies in, as git does (gitrepository-layout): a `.git` folder or file in `dir` or a folder
 * above it, or a folder that is a bare repository itself. Throws `NotARepositoryError` where there is none.
 */
export async function discover(options: DiscoverOptions): Promise<RepositoryLocation> {
  const found = await find(options);
  return { ...found, objectsDir: join(found.commonDir, 'objects') };
}

/** A location but for where its objects are: always in `commonDir`, since this engine refuses to work where the environment says otherwise. */
type Place = Omit<RepositoryLocation, 'objectsDir'>;

async function find(options: DiscoverOptions): Promise<Place> {
  const { env, honourGitEnv } = options;
  const start = await realpath(options.dir).catch((cause: Error) => {
    throw new NotARepositoryError(`${options.dir} can't be opened: ${cause.message}`, { cause });
  });
  if (honourGitEnv && env.GIT_DIR) return fromEnvironment(start, env.GIT_DIR, env);

  const ceilings = new Set((env.GIT_CEILING_DIRECTORIES ?? '').split(':').filter(Boolean));
  for (let dir = start; ; dir = dirname(dir)) {
    const found = (await fromDotGit(dir)) ?? (await fromGitDir(dir));
    if (found !== undefined) {
      if (honourGitEnv || dir !== start) await assertNotHidden(found, env);
      return found;
    }
    if (dirname(dir) === dir || ceilings.has(dirname(dir))) break;
  }
  throw new NotARepositoryError(`${options.dir} is in no git repository`, {
    hint: 'Name a repository with --repo DIR, or change into one.',
  });
}

/**
 * `safe.bareRepository=explicit`: a bare repository that nobody named is not opened, since it may lie hidden in somebody else's work tree. One
 * that lies where a `.git` folder is expected is no such thing.
 */
async function assertNotHidden({ gitDir, commonDir }: Place, env: NodeJS.ProcessEnv): Promise<void> {
  if (/(?:^|[\\/])\.git(?:$|[\\/](?:worktrees|modules)[\\/])/.test(gitDir) || gitDir !== commonDir) return;
  const config = await readPersonalConfig({ gitDir, commonDir }, env);
  if (config.get('safe.bareRepository') !== 'explicit') return;
  throw new NotARepositoryError(`${gitDir} is a bare repository that nobody named (safe.bareRepository is explicit)`, {
    hint: ['Name it: ', ['ckpt', 'status', '--repo', gitDir]],
  });
}

/** What a hook inherits. Without `GIT_WORK_TREE` the current folder is the top of the work tree (git(1), `GIT_DIR`). */
async function fromEnvironment(dir: string, gitDirPath: string, env: NodeJS.ProcessEnv): Promise<Place> {
  const gitDir = resolve(dir, gitDirPath);
  const commonDir = env.GIT_COMMON_DIR ? resolve(dir, env.GIT_COMMON_DIR) : await commonDirOf(gitDir);
  if (!(await isGitDir(gitDir, commonDir))) {
    throw new NotARepositoryError(`GIT_DIR=${gitDirPath} is not a git repository`, {
      hint: 'Unset GIT_DIR, or let it name a git directory.',
    });
  }
  if (env.GIT_WORK_TREE) return { gitDir, commonDir, workTree: resolve(dir, env.GIT_WORK_TREE) };
  return { gitDir, commonDir, workTree: await workTreeOf(gitDir, commonDir, dir) };
}

/** The repository that `<dir>/.git` is or points to; `undefined` where there is no such thing. */
async function fromDotGit(dir: string): Promise<Place | undefined> {
  const dotGit = join(dir, '.git');
  const stats = await statOrUndefined(dotGit);
  if (stats === undefined) return undefined;
  const gitDir = stats.isFile() ? await followGitFile(dotGit) : dotGit;
  const commonDir = await commonDirOf(gitDir);
  if (!(await isGitDir(gitDir, commonDir))) {
    if (stats.isDirectory()) return undefined;
    throw new NotARepositoryError(`${dotGit} points to ${gitDir}, which is not a git repository`, {
      hint: ['Repair the worktree with: ', ['git', 'worktree', 'repair']],
    });
  }
  if (gitDir !== commonDir) return { gitDir, commonDir, workTree: dir };
  return { gitDir, commonDir, workTree: await workTreeOf(gitDir, commonDir, dir) };
}

/** The folder itself, where it is a git directory: a bare repository, or the inside of a `.git` folder. */
async function fromGitDir(dir: string): Promise<Place | undefined> {
  const commonDir = await commonDirOf(dir);
  return (await isGitDir(dir, commonDir)) ? { gitDir: dir, commonDir, workTree: undefined } : undefined;
}

async function followGitFile(path: string): Promise<string> {
  const target = /^gitdir: (.+?)\r?\n*$/.exec(await readFile(path, 'utf8'))?.[1];
  if (target === undefined) throw new NotARepositoryError(`${path} is a file, but no pointer to a git directory`);
  const gitDir = resolve(dirname(path), target);
  return realpath(gitDir).catch(() => gitDir);
}

/**
 * `undefined` for a bare repository. A submodule's work tree, and one that was moved away, is named by `core.worktree`, relative to
 * the git directory.
 */
async function workTreeOf(gitDir: string, commonDir: string, otherwise: string): Promise<string | undefined> {
  const config = await readOwnConfig({ gitDir, commonDir });
  if (gitDir === commonDir && config.isTrue('core.bare')) return undefined;
  const configured = config.get('core.worktree');
  return configured === undefined ? otherwise : resolve(gitDir, configured);
}

async function commonDirOf(gitDir: string): Promise<string> {
  try {
    const path = (await readFile(join(gitDir, 'commondir'), 'utf8')).replace(/\r?\n*$/, '');
    return await realpath(resolve(gitDir, path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return gitDir;
    throw new GitError(`${gitDir}/commondir can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** Git's own test: a HEAD, objects and refs. */
async function isGitDir(gitDir: string, commonDir: string): Promise<boolean> {
  const [head, objects, refs] = await Promise.all([
    statOrUndefined(join(gitDir, 'HEAD')),
    statOrUndefined(join(commonDir, 'objects')),
    statOrUndefined(join(commonDir, 'refs')),
  ]);
  return head?.isFile() === true && objects?.isDirectory() === true && refs?.isDirectory() === true;
}

function statOrUndefined(path: string) {
  return stat(path).catch(() => undefined);
}
