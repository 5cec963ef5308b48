import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isBoolean, isTrue } from '../config-value.ts';
import { GitError } from '../errors.ts';
import { type ConfigEntry, GitConfig } from '../git-config.ts';
import { environmentEntries } from './config-environment.ts';
import { parseConfig } from './config-file.ts';
import { BY_URL, type ConfigPlace, type IncludeContext, isIncluded } from './config-include.ts';

/** Git's own limit for files that include each other. */
const MAX_DEPTH = 10;

/** What git takes for true or false in any repository that it opens, but for words of their own. */
const BOOLEANS =
  /^core\.(?:autocrlf|bare|commitgraph|filemode|ignorecase|ignorestat|logallrefupdates|multipackindex|precomposeunicode|prefersymlinkrefs|preloadindex|protecthfs|protectntfs|quotepath|safecrlf|sparsecheckout|sparsecheckoutcone|symlinks|trustctime|warnambiguousrefs)$/;
const WORDS: Readonly<Record<string, string>> = {
  'core.autocrlf': 'input',
  'core.logallrefupdates': 'always',
  'core.safecrlf': 'warn',
};

/** What the repository itself says, without included files: what git finds out what kind of repository it is with. */
export async function readOwnConfig(place: ConfigPlace): Promise<GitConfig> {
  return checked(await repositoryEntries(place, readEntries));
}

/**
 * All settings as git reads them: the system's, the user's, the repository's and the worktree's, with the files that they include
 * (`include.path`; `includeIf` by `gitdir`, `onbranch` and `hasconfig`), and those of the environment. Throws a `GitError` for a file that is malformed or can't be read, and for
 * a value with which git opens no repository.
 */
export async function readConfig(place: ConfigPlace, env: NodeJS.ProcessEnv): Promise<GitConfig> {
  const entriesOf = async (urls: readonly string[]) => {
    const context = { ...place, home: env.HOME, urls };
    const read = (path: string) => readWithIncludes(path, context);
    const files = [...(await personalEntries(context, env)), ...(await repositoryEntries(place, read))];
    return [...files, ...environmentEntries(env)];
  };
  const entries = await entriesOf([]);
  if (!entries.some(({ key }) => key.startsWith(`includeif.${BY_URL}`))) return checked(entries);
  // Such a condition is about remotes that any file names, also one that is read later.
  const remotes = entries.filter(({ key }) => /^remote\..*\.url$/s.test(key));
  return checked(await entriesOf(remotes.flatMap(({ value }) => value ?? [])));
}

/** Git looks at each value, also at one that a later one replaces. */
function checked(entries: readonly ConfigEntry[]): GitConfig {
  const bad = entries.find(
    ({ key, value }) => BOOLEANS.test(key) && value !== null && !isBoolean(value) && value.toLowerCase() !== WORDS[key],
  );
  if (bad !== undefined) throw new GitError(`bad boolean config value '${bad.value}' for '${bad.key}'`);
  return new GitConfig(entries);
}

/** The system's settings, the user's and those of the environment: what a repository has no say in. */
export async function readPersonalConfig(place: ConfigPlace, env: NodeJS.ProcessEnv): Promise<GitConfig> {
  const files = await personalEntries({ ...place, home: env.HOME, urls: [] }, env);
  return new GitConfig([...files, ...environmentEntries(env)]);
}

async function personalEntries(context: IncludeContext, env: NodeJS.ProcessEnv): Promise<ConfigEntry[]> {
  const entries: ConfigEntry[] = [];
  for (const path of [...systemFiles(env), ...userFiles(env)]) entries.push(...(await readWithIncludes(path, context)));
  return entries;
}

async function repositoryEntries(
  { gitDir, commonDir }: ConfigPlace,
  read: (path: string) => Promise<ConfigEntry[]>,
): Promise<ConfigEntry[]> {
  const entries = await read(join(commonDir, 'config'));
  if (!new GitConfig(entries).isTrue('extensions.worktreeConfig')) return entries;
  return [...entries, ...(await read(join(gitDir, 'config.worktree')))];
}

function systemFiles(env: NodeJS.ProcessEnv): string[] {
  if (isTrue(env.GIT_CONFIG_NOSYSTEM ?? '')) return [];
  return [env.GIT_CONFIG_SYSTEM ?? '/etc/gitconfig'].filter(Boolean);
}

/** The user's configuration files, the one that wins last. */
function userFiles(env: NodeJS.ProcessEnv): string[] {
  if (env.GIT_CONFIG_GLOBAL !== undefined) return [env.GIT_CONFIG_GLOBAL].filter(Boolean);
  const xdg = env.XDG_CONFIG_HOME || (env.HOME && join(env.HOME, '.config'));
  return [...(xdg ? [join(xdg, 'git', 'config')] : []), ...(env.HOME ? [join(env.HOME, '.gitconfig')] : [])];
}

async function readWithIncludes(path: string, context: IncludeContext, depth = 0): Promise<ConfigEntry[]> {
  if (depth > MAX_DEPTH) throw new GitError(`${path} can't be read: more than ${MAX_DEPTH} files include each other`);
  const entries: ConfigEntry[] = [];
  for (const entry of await readEntries(path)) {
    entries.push(entry);
    const condition = /^include(?:if\.(.*))?\.path$/.exec(entry.key);
    if (condition === null || !entry.value) continue;
    if (condition[1] !== undefined && !(await isIncluded(condition[1], path, context))) continue;
    const home = context.home ?? '~';
    const target = entry.value.replace(/^~(?=\/)/, () => home);
    entries.push(...(await readWithIncludes(resolve(dirname(path), target), context, depth + 1)));
  }
  return entries;
}

/** The settings of one file; none where there is no such file. */
async function readEntries(path: string): Promise<ConfigEntry[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return '';
    throw new GitError(`${path} can't be read: ${cause.message}`, { cause });
  });
  return parseConfig(text, path);
}
