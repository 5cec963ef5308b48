import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { withoutComments } from '../json/comments.ts';
import { isObject } from '../json/read.ts';

/** The forms of lefthook's configuration, and where it looks for each, in this order (https://lefthook.dev/configuration): the first that is there counts. */
const FORMS = ['yml', 'yaml', 'json', 'jsonc', 'toml'];
const PLACES = ['', '.', join('.config', '/')];

/** What a configuration may be long, in bytes, how many files one may extend, and how deep its groups may be: it comes out of a repository. */
const MAX_SIZE = 1 << 20;
const MAX_FILES = 100;
const MAX_DEPTH = 10;

const LOCAL = 'lefthook-local';

/**
 * The file of lefthook's configuration that a team writes; the local one where there is no other; `undefined` where there is none.
 * Without one lefthook does nothing, and with one `lefthook install` moves other hooks out of its way.
 */
export async function lefthookConfig(workTree: string | undefined): Promise<string | undefined> {
  if (workTree === undefined) return undefined;
  return (await find(workTree, 'lefthook')) ?? (await find(workTree, LOCAL));
}

/** What lefthook knows of a repository. */
interface LefthookPlace {
  readonly workTree: string;
  readonly commonDir: string;
}

/**
 * The file that a section can be added to at its end. A JSON file is one object, which nothing can follow: then it is the local file, in YAML where
 * there is none. Only where that is JSON too, the section is members to be put into it.
 */
export async function lefthookTarget({
  path,
  workTree,
}: {
  readonly path: string;
  readonly workTree: string;
}): Promise<string> {
  if (!isJson(path)) return path;
  const prefix = basename(path).startsWith('.') ? '.' : '';
  return (await find(workTree, LOCAL)) ?? join(dirname(path), `${prefix}${LOCAL}.yml`);
}

/**
 * What a hook runs, a text each, by what lefthook reads: its configuration, the files that this extends, what it has fetched of others' (`remotes`),
 * the local one, and what that extends. Each changes what is there before it. Where one can't be read, lefthook runs nothing.
 */
export async function lefthookCommands(place: LefthookPlace, hook: string): Promise<string[]> {
  let config: Config = {};
  try {
    for (const name of ['lefthook', LOCAL]) {
      const path = await find(place.workTree, name);
      if (path !== undefined) config = merged(config, await loadWhole(place, path, new Set()));
    }
  } catch {
    return [];
  }
  const section = config[hook];
  if (!isObject(section)) return [];
  return Promise.all(commandsOf(section).map((job) => textOf(place, hook, config, job)));
}

/** What is to be added to a configuration so that a hook runs this line, in the format of the file. */
export async function lefthookAddition(path: string, hook: string, line: string): Promise<string> {
  const section = { [hook]: { commands: { ckpt: { run: line } } } };
  if (path.endsWith('.toml')) return (await import('smol-toml')).stringify(section).trim();
  // A member of the one object that the file is.
  if (isJson(path)) return JSON.stringify(section, null, 2).split('\n').slice(1, -1).join('\n').concat(',');
  return `${hook}:\n  commands:\n    ckpt:\n      run: |\n        ${line}`;
}

type Config = Record<string, unknown>;

/** A configuration with what it extends, which wins over it. Throws where that is a circle, as lefthook does. */
async function loadWhole(place: LefthookPlace, path: string, read: Set<string>): Promise<Config> {
  if (read.has(path) || read.size >= MAX_FILES) throw new Error('a circle, or more files than anybody has');
  read.add(path);
  let config = await load([place.workTree, remotesFolder(place.commonDir)], path);
  const patterns = Array.isArray(config.extends) ? config.extends.filter((one) => typeof one === 'string') : [];
  const extended = await Promise.all(patterns.map((one) => matching(place.workTree, one)));
  for (const other of [...extended.flat(), ...remoteFiles(place.commonDir, config)])
    config = merged(config, await loadWhole(place, other, read));
  return config;
}

/** One configuration changed by another: member by member, whatever its name (`__proto__`), and jobs by their names. `{cmd}` is the command that was there. */
function merged(first: Config, second: Config, depth = 0): Config {
  const result = new Map(Object.entries(first));
  for (const [key, value] of Object.entries(second)) {
    const old = result.get(key);
    if (depth > MAX_DEPTH) result.set(key, value);
    else if (isObject(old) && isObject(value)) result.set(key, merged(old, value, depth + 1));
    else if (key === 'jobs' && Array.isArray(old) && Array.isArray(value))
      result.set(key, mergedJobs(old, value, depth + 1));
    else if (key === 'run' && typeof old === 'string' && typeof value === 'string')
      result.set(
        key,
        value.replaceAll('{cmd}', () => old),
      );
    else result.set(key, value);
  }
  return Object.fromEntries(result);
}

function mergedJobs(first: readonly unknown[], second: readonly unknown[], depth: number): unknown[] {
  const result = [...first];
  for (const job of second) {
    const at = result.findIndex(
      (old) => isObject(old) && isObject(job) && job.name !== undefined && old.name === job.name,
    );
    const old = result[at];
    if (isObject(old) && isObject(job)) result[at] = merged(old, job, depth);
    else result.push(job);
  }
  return result;
}

/** What one hook runs: its `commands`, its `scripts`, which are named after files, and its `jobs`, which may be in groups; without what is turned off. */
function commandsOf(section: Config, depth = 0): Config[] {
  if (isOff(section) || depth > MAX_DEPTH) return [];
  const excluded = Array.isArray(section.exclude_tags) ? section.exclude_tags : [];
  const named = (value: unknown, toJob: (name: string) => Config) =>
    isObject(value)
      ? Object.entries(value).flatMap(([name, job]) => (isObject(job) ? [{ name, ...job, ...toJob(name) }] : []))
      : [];
  const jobs: Config[] = [
    ...named(section.commands, () => ({})),
    ...named(section.scripts, (name) => ({ script: name })),
    ...(Array.isArray(section.jobs) ? section.jobs.filter(isObject) : []),
  ];
  return jobs
    .filter((job) => !isOff(job))
    .filter(({ name, tags }) => ![name, ...[tags].flat()].some((word) => word !== undefined && excluded.includes(word)))
    .flatMap((job) => (isObject(job.group) ? commandsOf(job.group, depth + 1) : [job]));
}

/** Whether it is turned off for good; other values are conditions. */
function isOff({ skip, only }: Config): boolean {
  return skip === true || only === false;
}

/** What a job has sh read: its command with the templates filled in, or the file that it names. */
async function textOf(
  { workTree }: LefthookPlace,
  hook: string,
  config: Config,
  { run, script }: Config,
): Promise<string> {
  if (typeof run === 'string') {
    const templates = isObject(config.templates) ? config.templates : {};
    return run.replace(/\{([\w-]+)\}/g, (word, name: string) => {
      const value = Object.hasOwn(templates, name) ? templates[name] : undefined;
      return typeof value === 'string' ? value : word;
    });
  }
  if (typeof script !== 'string') return '';
  const folders = [config.source_dir ?? '.lefthook', config.source_dir_local ?? '.lefthook-local'];
  for (const folder of folders) {
    const path = typeof folder === 'string' ? join(workTree, folder, hook, script) : '';
    const text = await readInside([workTree], path);
    if (text !== undefined) return text;
  }
  return '';
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

/** What a file holds; nothing where it lies in none of the folders. Throws where it is not what its name says. */
async function load(folders: readonly string[], path: string): Promise<Config> {
  const text = await readInside(folders, path);
  const config = text === undefined ? undefined : await parse(path, text);
  return isObject(config) ? config : {};
}

/** The text of a file in one of these folders; `undefined` where there is none, or a file that is too long. */
async function readInside(folders: readonly string[], path: string): Promise<string | undefined> {
  try {
    const real = await realpath(path);
    const stats = await lstat(real);
    const roots = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
    const isHere = roots.some((root) => root !== undefined && isInside(root, real));
    return isHere && stats.isFile() && stats.size <= MAX_SIZE ? await readFile(real, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

async function parse(path: string, text: string): Promise<unknown> {
  if (path.endsWith('.toml')) return (await import('smol-toml')).parse(text);
  const { parse: parseYaml } = await import('yaml');
  // YAML takes what JSON has, and commas at the end of a list, but no comments of JSON's kind.
  return parseYaml(isJson(path) ? withoutComments(text) : text, { logLevel: 'error', merge: true });
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

/** The configuration of this name that lefthook reads. */
async function find(workTree: string, name: string): Promise<string | undefined> {
  const [top, config] = await Promise.all([list(workTree), list(join(workTree, '.config'))]);
  const all = new Set([...top, ...config.map((file) => join('.config', file))]);
  const found = FORMS.flatMap((form) => PLACES.map((place) => `${place}${name}.${form}`)).find((path) => all.has(path));
  return found === undefined ? undefined : join(workTree, found);
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
