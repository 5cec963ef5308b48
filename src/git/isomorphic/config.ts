import fs from 'node:fs';
import { join } from 'node:path';
import git from 'isomorphic-git';

/** The last value of a key in a repository's own configuration file; `undefined` where it has none. */
export async function readConfig(commonDir: string, key: string): Promise<string | undefined> {
  return asText(await git.getConfig({ fs, gitdir: commonDir, path: key }));
}

/**
 * The last value of a key in the repository's configuration or else the user's, which git reads from `GIT_CONFIG_GLOBAL` or
 * from `~/.gitconfig` and `$XDG_CONFIG_HOME/git/config`. Included files and the system's configuration are not read.
 */
export async function readAnyConfig(
  commonDir: string,
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const own = await readConfig(commonDir, key);
  if (own !== undefined) return own;
  for (const file of userConfigFiles(env)) {
    const value = asText(await git.getConfig({ fs: onlyFile(file), gitdir: commonDir, path: key }));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The user's configuration files, the one that wins first. */
function userConfigFiles(env: NodeJS.ProcessEnv): string[] {
  if (env.GIT_CONFIG_GLOBAL !== undefined) return env.GIT_CONFIG_GLOBAL === '' ? [] : [env.GIT_CONFIG_GLOBAL];
  const home = env.HOME ? [join(env.HOME, '.gitconfig')] : [];
  const xdg = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  return xdg ? [...home, join(xdg, 'git', 'config')] : home;
}

/** isomorphic-git reads `<gitdir>/config` and nothing else: a file system in which every path is the file that is meant. */
function onlyFile(file: string) {
  const readFile = (_path: string, options?: Parameters<typeof fs.promises.readFile>[1]) =>
    fs.promises.readFile(file, options);
  return { promises: { ...fs.promises, readFile } };
}

/** isomorphic-git turns some values into booleans and numbers, and an absent one into nothing. */
function asText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
