import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Repository } from '../git/repository.ts';

/** The path of a file that a user names: from the folder that the command works in. Bare repositories have no such folder. */
export function placeIn({ workTree }: Repository, path: string, dir: string | undefined): string {
  return workTree === undefined ? path : resolve(realpathSync(dir ?? process.cwd()), path);
}

/** The same from the top of the work tree, as checkpoints name files, `*` for the top itself; what lies outside of it stays as it is. */
export function pathsFromTop(repo: Repository, path: string, dir: string | undefined): string {
  const { workTree } = repo;
  if (workTree === undefined) return path;
  const below = relative(workTree, placeIn(repo, path, dir));
  return isAbsolute(below) || below.split(sep)[0] === '..' ? path : below.replaceAll(sep, '/') || '*';
}
