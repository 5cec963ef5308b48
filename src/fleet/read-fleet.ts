import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';
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

/** One repository may be named twice: by links, or with other credentials. The first name is taken. */
async function eachOnce(places: readonly FleetPlace[]): Promise<FleetPlace[]> {
  const byPlace = new Map<string, FleetPlace>();
  const names = new Set<string>();
  for (const place of places) {
    const key = place.kind === 'url' ? place.name : await realpath(place.at).catch(() => place.at);
    if (!byPlace.has(key) && !names.has(place.name)) byPlace.set(key, place);
    names.add(place.name);
  }
  return [...byPlace.values()];
}
