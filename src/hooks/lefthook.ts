import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { withoutComments } from '../json/comments.ts';
import { isObject } from '../json/read.ts';

/** Where lefthook looks for its configuration, from the top of the work tree (https://lefthook.dev/configuration). */
const FOLDERS = ['', '.config'];
const MAIN = /^\.?lefthook\.(?:ya?ml|toml|jsonc?)$/;
const LOCAL = /^\.?lefthook-local\.(?:ya?ml|toml|jsonc?)$/;

/** What a configuration may be long, in bytes, and how many files one may extend: it comes out of a repository. */
const MAX_SIZE = 1 << 20;
const MAX_FILES = 100;

/**
 * The file of lefthook's configuration that a team writes; the local one where there is no other; `undefined` where there is none.
 * Without one lefthook does nothing, and with one `lefthook install` moves other hooks out of its way.
 */
export async function lefthookConfig(workTree: string | undefined): Promise<string | undefined> {
  if (workTree === undefined) return undefined;
  return (await find(workTree, MAIN)) ?? (await find(workTree, LOCAL));
}

/**
 * The file that a section can be added to at its end. A JSON file is one object, which nothing can follow: then it is the local file, in YAML where
 * there is none. Only where that is JSON too, the section is members to be put into it.
 */
export async function lefthookTarget(config: string): Promise<string> {
  if (!isJson(config)) return config;
  const folder = dirname(config);
  const local = (await list(folder)).sort().find((name) => LOCAL.test(name));
  const prefix = basename(config).startsWith('.') ? '.' : '';
  return join(folder, local ?? `${prefix}lefthook-local.yml`);
}

/**
 * The commands of a hook by what lefthook reads: its configuration, what it has fetched of others' (`remotes`), the local one, and
 * the files that these extend.
 */
export async function lefthookCommands(
  { workTree, commonDir }: { readonly workTree: string; readonly commonDir: string },
  hook: string,
): Promise<string[]> {
  const commands = new Map<string, string>();
  let files = [await find(workTree, MAIN), await find(workTree, LOCAL)].flatMap((path) => path ?? []);
  const read = new Set<string>();
  while (files.length > 0 && read.size < MAX_FILES) {
    const extended: string[] = [];
    for (const path of files) {
      if (read.has(path)) continue;
      read.add(path);
      const config = await load([workTree, remotesFolder(commonDir)], path);
      for (const [name, run] of runsOf(config[hook])) commands.set(name ?? `${path} ${commands.size}`, run);
      const patterns = Array.isArray(config.extends) ? config.extends : [];
      for (const one of patterns) if (typeof one === 'string') extended.push(...(await matching(workTree, one)));
      extended.push(...remoteFiles(commonDir, config));
    }
    files = extended;
  }
  return [...commands.values()];
}

/** What is to be added to a configuration so that a hook runs this line, in the format of the file. */
export async function lefthookAddition(path: string, hook: string, line: string): Promise<string> {
  const section = { [hook]: { commands: { ckpt: { run: line } } } };
  if (path.endsWith('.toml')) return (await import('smol-toml')).stringify(section).trim();
  // A member of the one object that the file is.
  if (isJson(path)) return JSON.stringify(section, null, 2).split('\n').slice(1, -1).join('\n').concat(',');
  return `${hook}:\n  commands:\n    ckpt:\n      run: |\n        ${line}`;
}

/** The commands of one hook with their names: `commands`, and `jobs`, which may be in groups. */
function runsOf(section: unknown): Array<[name: string | undefined, run: string]> {
  if (!isObject(section)) return [];
  const named = isObject(section.commands) ? Object.entries(section.commands) : [];
  const commands = named.flatMap(([name, command]) =>
    isObject(command) && typeof command.run === 'string' ? [[name, command.run] as [string, string]] : [],
  );
  return [...commands, ...jobsOf(section.jobs, 0)];
}

function jobsOf(jobs: unknown, depth: number): Array<[undefined, string]> {
  if (!Array.isArray(jobs) || depth > 10) return [];
  return jobs.flatMap((job): Array<[undefined, string]> => {
    if (!isObject(job)) return [];
    const own: Array<[undefined, string]> = typeof job.run === 'string' ? [[undefined, job.run]] : [];
    return [...own, ...(isObject(job.group) ? jobsOf(job.group.jobs, depth + 1) : [])];
  });
}

/** Where lefthook clones what `remotes` names: a folder for each, named after the URL's last part and the ref. */
function remotesFolder(commonDir: string): string {
  return join(commonDir, 'info', 'lefthook-remotes');
}

/** The files of `remotes`, as far as lefthook has fetched them. */
function remoteFiles(commonDir: string, config: Record<string, unknown>): string[] {
  const remotes = Array.isArray(config.remotes) ? config.remotes.filter(isObject) : [];
  return remotes.flatMap(({ git_url: url, ref, configs }) => {
    if (typeof url !== 'string') return [];
    const name = basename(url, extname(url)) + (typeof ref === 'string' && ref !== '' ? `-${ref}` : '');
    const files = Array.isArray(configs) ? configs : ['lefthook.yml'];
    return files.flatMap((file) => (typeof file === 'string' ? join(remotesFolder(commonDir), name, file) : []));
  });
}

/** What a file holds; nothing where it is not what its name says, or lies in none of the folders. */
async function load(folders: readonly string[], path: string): Promise<Record<string, unknown>> {
  try {
    const real = await realpath(path);
    const stats = await lstat(real);
    const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
    const isHere = roots.some((root) => root !== undefined && isInside(root, real));
    if (!isHere || !stats.isFile() || stats.size > MAX_SIZE) return {};
    const config = await parse(path, await readFile(real, 'utf8'));
    return isObject(config) ? config : {};
  } catch {
    return {};
  }
}

async function parse(path: string, text: string): Promise<unknown> {
  if (path.endsWith('.toml')) return (await import('smol-toml')).parse(text);
  const { parse: parseYaml } = await import('yaml');
  // YAML takes what JSON has, and commas at the end of a list, but no comments of JSON's kind.
  return parseYaml(isJson(path) ? withoutComments(text) : text, { logLevel: 'silent' });
}

function isJson(path: string): boolean {
  return /\.jsonc?$/.test(path);
}

/** The files that a pattern of `extends` names, from the top of the work tree. */
async function matching(workTree: string, pattern: string): Promise<string[]> {
  let paths = [isAbsolute(pattern) ? sep : workTree];
  for (const part of pattern.split(/[\\/]/).filter((name) => name !== '' && name !== '.')) {
    if (!/[*?]/.test(part)) paths = paths.map((path) => join(path, part));
    else {
      const wanted = new RegExp(
        `^${part
          .replace(/[.+^${}()|[\]\\]/g, '\\$&')
          .replace(/\*+/g, '.*')
          .replace(/\?/g, '.')}$`,
      );
      const found = await Promise.all(
        paths.map(async (path) =>
          (await list(path)).filter((name) => wanted.test(name)).map((name) => join(path, name)),
        ),
      );
      paths = found.flat().slice(0, MAX_FILES);
    }
  }
  return paths;
}

async function find(workTree: string, names: RegExp): Promise<string | undefined> {
  for (const folder of FOLDERS) {
    const name = (await list(join(workTree, folder))).sort().find((file) => names.test(file));
    if (name !== undefined) return join(workTree, folder, name);
  }
  return undefined;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
