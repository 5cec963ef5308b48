import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineUnavailableError } from '../errors.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { readOwnConfig } from './config.ts';
import type { DiscoverOptions } from './location.ts';

/** Repository extensions (git's repository-version.txt) that change nothing for this engine, with the values that don't. */
const HARMLESS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    noop: /./,
    'noop-v1': /./,
    preciousobjects: /./,
    partialclone: /./,
    worktreeconfig: /./,
    relativeworktrees: /./,
    objectformat: /^sha1$/i,
    refstorage: /^files$/i,
  }),
);

const MAX_PACK_SIZE = 2 * 1024 ** 3;

/** Throws `EngineUnavailableError` where the repository has something that this engine can't do. */
export async function assertServable(location: RepositoryLocation, options: DiscoverOptions): Promise<void> {
  const { commonDir } = location;
  const config = await readOwnConfig(location);
  const version = Number(config.get('core.repositoryFormatVersion') ?? 0);
  if (!(version <= 1)) throw refusal(`the repository has format version ${version}`);
  for (const { key, value } of config.entries) {
    const extension = /^extensions\.(.*)$/s.exec(key)?.[1];
    // In version 0 git itself honours few of them; a repository that says it has SHA-256 is not to be read as SHA-1 anyway.
    if (extension !== undefined && !HARMLESS.get(extension)?.test(value ?? 'true')) {
      throw refusal(`the repository uses ${key} = ${value ?? 'true'}`);
    }
  }
  const alternates = await readText(join(commonDir, 'objects/info/alternates'));
  if (/^[^#\s]/m.test(alternates))
    throw refusal('the repository borrows objects from another one (objects/info/alternates)');
  for (const variable of ['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_OBJECT_DIRECTORY']) {
    if (options.honourGitEnv && options.env[variable]) throw refusal(`${variable} is set`);
  }
  await assertPackSizes(join(commonDir, 'objects/pack'));
}

async function assertPackSizes(packDir: string): Promise<void> {
  const names = await readdir(packDir).catch(() => []);
  for (const name of names.filter((file) => file.endsWith('.pack'))) {
    const size = await stat(join(packDir, name)).then(
      (stats) => stats.size,
      () => 0,
    );
    assertPackSize(name, size);
  }
}

/** Throws an `EngineUnavailableError` for a pack that this engine can't read. */
export function assertPackSize(name: string, size: number): void {
  if (size > MAX_PACK_SIZE) throw refusal(`${name} is larger than 2 GiB`);
}

/** The error for what only the git program can do. */
export function refusal(reason: string): EngineUnavailableError {
  return new EngineUnavailableError(`the isomorphic engine can't serve this repository: ${reason}`, {
    hint: 'Use the engine that runs the git program: --engine native',
  });
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}
