import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
import { discover } from '../git/isomorphic/location.ts';
import { readTextFile } from '../stores/text-file.ts';
import { findRepositories } from './find-repositories.ts';
import { type FleetPlace, parsePlace } from './fleet-place.ts';

/** Where the repositories are named: a file with one a line, or a folder that they lie in. */
export type FleetSource = { readonly list: string } | { readonly dir: string };

/**
 * The repositories of a fleet, each once, by name. Empty lines of a list, and those that begin with `#`, are left out; its paths
 * start at the folder that it lies in. Throws a `CkptError` where there are none, or where a line is refused.
 */
export async function readFleet(source: FleetSource): Promise<FleetPlace[]> {
  const places = 'list' in source ? await readList(source.list) : await findRepositories(source.dir);
  const unique = await eachOnce(places);
  if (unique.length > 0) return unique.sort((a, b) => (a.name < b.name ? -1 : 1));
  const where = 'list' in source ? source.list : source.dir;
  throw new CkptError('NO_REPOSITORIES', `${where} names no repository`, {
    exitCode: 3,
    hint: 'A list has a path or a URL on each line; a folder has repositories somewhere below it.',
  });
}

async function readList(file: string): Promise<FleetPlace[]> {
  const text = await readTextFile(file);
  if (text === undefined) throw new CkptError('FILE_UNREADABLE', `${file} cannot be read: there is no such file`);
  const base = dirname(resolve(file));
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => parsePlace(line, base));
}

/**
 * One repository may be named twice: by links, by its linked work trees, or with other credentials. The first name is taken; that of a main
 * work tree goes before others.
 */
async function eachOnce(places: readonly FleetPlace[]): Promise<FleetPlace[]> {
  const byRepository = new Map<string, { readonly place: FleetPlace; readonly isMain: boolean }>();
  const names = new Set<string>();
  for (const place of places) {
    const { key, isMain } = place.kind === 'url' ? { key: place.name, isMain: true } : await repositoryAt(place.at);
    const before = byRepository.get(key);
    const isBetter = before === undefined || (isMain && !before.isMain);
    if (isBetter && !names.has(place.name)) byRepository.set(key, { place, isMain });
    names.add(place.name);
  }
  return [...byRepository.values()].map(({ place }) => place);
}

/** What a folder shares with the other work trees of its repository; the folder itself where it is none. */
async function repositoryAt(path: string): Promise<{ readonly key: string; readonly isMain: boolean }> {
  const dir = await realpath(path).catch(() => path);
  const env = { GIT_CEILING_DIRECTORIES: dirname(dir) };
  const found = await discover({ dir, env, honourGitEnv: false }).catch(() => undefined);
  const isMain = found?.workTree !== undefined && found.gitDir === found.commonDir;
  return { key: await realpath(found?.commonDir ?? dir).catch(() => dir), isMain };
}
